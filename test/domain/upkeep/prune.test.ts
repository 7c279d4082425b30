import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { ImagePattern } from '../../../src/domain/image-pattern.ts';
import { Prune, PruneBusy, type PrunePorts } from '../../../src/domain/upkeep/prune.ts';
import { GivenUp } from '../../../src/domain/upkeep/take-inventory.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { ALPINE } from '../../support/pull-parts.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { contents, type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const ALL = { named: [] };
const ANY = { named: [new ImagePattern('**')] };
const GO_ON = { isGivenUp: false };

function pruneOf(parts: UpkeepParts, more: Partial<PrunePorts> = {}): Prune {
  const ports: PrunePorts = {
    ...parts,
    records: parts.storage.records,
    exclusively: (_, task) => task(),
    prepare: () => Promise.resolve(),
    ...more,
  };
  const share = { kind: 'share', share: 0.9 } as const;
  return new Prune(ports, { maxSize: share, lowWater: share, ttlMs: 0, keep: [] });
}

function refused(): Promise<void> {
  return Promise.reject(new Error('somebody else is at it'));
}

async function pulled(parts: UpkeepParts, ...tags: string[]): Promise<Digest[]> {
  const digests: Digest[] = [];
  for (const tag of tags) {
    parts.upstream.push(ALPINE, sampleImage(tag), tag);
    digests.push(await pullImage(parts, tag));
    parts.clock.advance(1000);
  }
  return digests;
}

testSuite('pruning', (it) => {
  it('removes what it has foretold', async () => {
    const parts = upkeepParts();
    await pulled(parts, 'one', 'two', 'three');
    const order = { named: [], olderThanMs: 1500 };
    const told = await pruneOf(parts).foretell(order, GO_ON);
    assert.equal(
      told.fates.map(({ image, why, outcome }) => [image.tags, why, outcome]),
      [
        [['one'], 'expired', undefined],
        [['two'], 'expired', undefined],
        [['three'], 'recent enough', undefined],
      ],
    );
    const done = await pruneOf(parts).carryOut(order, GO_ON);
    const outcomes = done.fates.map(({ outcome }) => outcome);
    assert.equal(outcomes, ['removed', 'removed', undefined]);
    for (const key of ['bytesBefore', 'bytesAfter', 'orphans'] as const) {
      assert.is(done[key], told[key], key);
    }
    assert.equal(
      done.fates.map(({ bytes, frees }) => [bytes, frees]),
      told.fates.map(({ bytes, frees }) => [bytes, frees]),
    );
  });

  it('takes a share for one of the medium', async () => {
    const parts = upkeepParts();
    await pulled(parts, 'one', 'two');
    const before = (await pruneOf(parts).foretell(ALL, GO_ON)).bytesBefore;
    parts.storage.medium = { totalBytes: 2 * before, freeBytes: before };
    const to = { kind: 'share', share: 0.5 } as const;
    assert.is((await pruneOf(parts).carryOut({ named: [], to }, GO_ON)).bytesAfter, before);
    const less = { kind: 'share', share: 0.4 } as const;
    const { bytesAfter } = await pruneOf(parts).carryOut({ named: [], to: less }, GO_ON);
    assert.ok(bytesAfter > 0 && bytesAfter < 0.8 * before);
  });

  it('removes what no image needs, unless images are named', async () => {
    const parts = upkeepParts();
    const [one] = await pulled(parts, 'one', 'two');
    await parts.tags.release(ALPINE, one as Digest);
    await parts.links.unlinkRevision(ALPINE, one as Digest);
    parts.clock.advance(3_600_000);
    const named = await pruneOf(parts).carryOut({ named: [new ImagePattern('no/such')] }, GO_ON);
    assert.equal([named.orphans, named.bytesBefore - named.bytesAfter], [0, 0]);
    const all = await pruneOf(parts).carryOut({ named: [], olderThanMs: 4_000_000 }, GO_ON);
    assert.ok(all.orphans > 0 && all.bytesAfter < all.bytesBefore);
    assert.is(all.fates.filter(({ outcome }) => outcome === 'removed').length, 0);
  });

  it('leaves what is pulled meanwhile', async () => {
    const parts = upkeepParts();
    const [one] = await pulled(parts, 'one');
    const exclusively: PrunePorts['exclusively'] = async (_, task) => {
      parts.storage.gates.set('delete', async () => {
        parts.times.pulled(ALPINE, one as Digest, parts.clock.now());
      });
      await task();
      parts.storage.gates.clear();
    };
    const { fates } = await pruneOf(parts, { exclusively }).carryOut(ANY, GO_ON);
    assert.is(fates[0]?.outcome, 'pulled meanwhile');
    assert.ok(await parts.links.hasRevision(ALPINE, one as Digest));
  });

  it('goes on after what cannot be removed', async () => {
    const parts = upkeepParts();
    await pulled(parts, 'one', 'two');
    let failures = 1;
    parts.storage.gates.set('delete', async () => {
      if (failures-- > 0) throw new StorageFailed('not this one');
    });
    const { fates } = await pruneOf(parts).carryOut(ANY, GO_ON);
    assert.equal(
      fates.map(({ outcome }) => outcome),
      ['failed', 'removed'],
    );
    assert.is(parts.events.of('upkeep-failed').length, 1);
  });

  it('stops when it is given up, and says what was not reached', async () => {
    const parts = upkeepParts();
    await pulled(parts, 'one', 'two');
    const signal = { isGivenUp: false };
    parts.events.listen(({ type }) => {
      if (type === 'evicted') signal.isGivenUp = true;
    });
    const { fates } = await pruneOf(parts).carryOut(ANY, signal);
    assert.equal(
      fates.map(({ outcome }) => outcome),
      ['removed', undefined],
    );
    const error = await pruneOf(parts)
      .carryOut(ANY, signal)
      .catch((cause: unknown) => cause);
    assert.instance(error, GivenUp);
  });

  it('says that another process is at it, and removes nothing', async () => {
    const parts = upkeepParts();
    await pulled(parts, 'one');
    const before = await contents(parts);
    const error = await pruneOf(parts, { exclusively: refused })
      .carryOut(ANY, GO_ON)
      .catch((cause: unknown) => cause);
    assert.instance(error, PruneBusy);
    assert.equal(await contents(parts), before);
  });
});
