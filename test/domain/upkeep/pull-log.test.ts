import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { accessKey } from '../../../src/domain/registry-layout.ts';
import { readAccessRecord } from '../../../src/domain/upkeep/access-record.ts';
import { WRITTEN_EVERY_MS } from '../../../src/domain/upkeep/access-times.ts';
import { digestNamed } from '../../support/bytes.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { imageNamed } from '../../support/manifest-pulls.ts';
import { ALPINE, BUSYBOX, ref } from '../../support/pull-parts.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { pass } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';
import { type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const A = digestNamed('a');

async function written(parts: UpkeepParts, repository = ALPINE): Promise<Record<string, number>> {
  const record = await parts.storage.records.get(accessKey(repository));
  return Object.fromEntries(readAccessRecord(record, Number.MAX_SAFE_INTEGER));
}

testSuite('what is written down of pulls', (it) => {
  it('is every manifest that was served, an index and what was taken of it alike', async () => {
    const parts = upkeepParts();
    const sample = sampleImage('one');
    const digest = parts.upstream.push(ALPINE, sample, 'latest');
    await pullImage(parts, 'latest');
    const child = sample.images[0]?.manifest.digest as Digest;
    const cameAtMs = parts.clock.now();
    assert.is(parts.times.lastPullMs(ALPINE, digest), cameAtMs);
    assert.is(parts.times.lastPullMs(ALPINE, child), cameAtMs);
    parts.clock.advance(1000);
    await pullImage(parts, child);
    assert.is(parts.times.lastPullMs(ALPINE, digest), cameAtMs);
    assert.is(parts.times.lastPullMs(ALPINE, child), cameAtMs + 1000);
  });

  it('is a HEAD too, of what is here, and not one of what is not', async () => {
    const parts = upkeepParts();
    const digest = parts.upstream.push(ALPINE, imageNamed('one'), 'latest');
    for (const name of ['latest', digest]) await parts.pullManifest.resolve(ALPINE, ref(name));
    assert.is(parts.times.lastPullMs(ALPINE, digest), undefined);
    await pullImage(parts, 'latest');
    for (const name of ['latest', digest]) {
      parts.clock.advance(1000);
      await parts.pullManifest.resolve(ALPINE, ref(name));
      assert.is(parts.times.lastPullMs(ALPINE, digest), parts.clock.now());
    }
  });

  it('is no check that nobody waits for', async () => {
    const parts = upkeepParts({ tags: { policy: { staleWhileRevalidateMs: 10_000 } } });
    parts.upstream.push(ALPINE, imageNamed('one'), 'latest');
    await pullImage(parts, 'latest');
    parts.clock.advance(1000);
    parts.upstream.push(ALPINE, imageNamed('two'), 'latest');
    await pullImage(parts, 'latest');
    assert.is([...parts.times.all()].length, 1);
  });

  it('is written once a minute, for each repository that was pulled from', async () => {
    const parts = upkeepParts();
    const { pullLog, clock, storage } = parts;
    let puts = 0;
    storage.gates.set('put', async () => void puts++);
    const startedAtMs = clock.now();
    for (let second = 0; second < 600; second++) {
      pullLog.pulled(ALPINE, A);
      if (second === 0) pullLog.pulled(BUSYBOX, A);
      await pass(clock, 1000);
    }
    assert.ok(puts >= 9 && puts <= 11, `${puts}`);
    assert.equal(await written(parts, BUSYBOX), { [A]: startedAtMs });
    await pass(clock, WRITTEN_EVERY_MS, 2);
    assert.equal(await written(parts), { [A]: startedAtMs + 599_000 });
    assert.is(clock.pending, 0);
  });

  it('is written at the end, and then no more', async () => {
    const parts = upkeepParts();
    parts.pullLog.pulled(ALPINE, A);
    await parts.pullLog.stop();
    assert.equal(await written(parts), { [A]: parts.clock.now() });
    parts.pullLog.pulled(ALPINE, A);
    assert.is(parts.clock.pending, 0);
  });

  it('is written later if it cannot be written now, which is told', async () => {
    const parts = upkeepParts();
    parts.pullLog.pulled(ALPINE, A);
    const pulledAtMs = parts.clock.now();
    parts.storage.broken.add('put');
    await pass(parts.clock, WRITTEN_EVERY_MS);
    assert.equal(parts.events.types, ['not-stored']);
    parts.storage.broken.clear();
    await pass(parts.clock, 2 * WRITTEN_EVERY_MS, 2);
    assert.equal(await written(parts), { [A]: pulledAtMs });
  });

  it('goes when nothing is left to say', async () => {
    const parts = upkeepParts();
    parts.pullLog.pulled(ALPINE, A);
    await parts.pullLog.stop();
    const next = upkeepParts({}, parts);
    next.times.forget(ALPINE, A, next.clock.now());
    await next.pullLog.stop();
    assert.is(await parts.storage.records.get(accessKey(ALPINE)), undefined);
  });
});
