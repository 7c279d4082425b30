import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import {
  BlobUnavailable,
  BlobUnknown,
  Denied,
  RangeNotSatisfiable,
  TooManyRequests,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { outcome, pull, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { get, imageNamed } from '../../support/manifest-pulls.ts';
import { ALPINE, BUSYBOX, type PullParts, pullParts, world } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const IMAGE = imageNamed('alpine');
const LAYER = parseDigest(IMAGE.layers[0]?.digest ?? '');
const LAYER_BYTES = IMAGE.layers[0]?.bytes ?? new Uint8Array(0);
const MANIFEST = parseDigest(IMAGE.manifest.digest);
const DOWN = new UpstreamUnreachable('no route');

/** Busybox has brought the layer, which the upstream has in alpine, too, unless told. */
async function heldForBusybox(parts: PullParts): Promise<void> {
  parts.upstream.push(BUSYBOX, IMAGE);
  await pull(parts, LAYER, BUSYBOX);
  await parts.background.idle();
}

testSuite('a blob that another repository has brought', (it) => {
  it('is served to one of whose manifests in memory it is', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    parts.upstream.push(ALPINE, IMAGE);
    await get(parts, MANIFEST);
    assert.ok(sameBytes(await pull(parts, LAYER), LAYER_BYTES));
    assert.is(parts.upstream.count('fetchBlob'), 1);
    await parts.background.idle();
    assert.ok(await parts.links.hasLayer(ALPINE, LAYER));
  });

  it('is served to one of whose manifests in storage it is, in an outage and after a restart', async () => {
    const same = world();
    const before = pullParts({}, same);
    await heldForBusybox(before);
    same.upstream.push(ALPINE, IMAGE);
    await get(before, MANIFEST);
    same.upstream.outage = DOWN;
    const parts = pullParts({}, same);
    assert.ok(sameBytes(await pull(parts, LAYER), LAYER_BYTES));
    assert.is(same.upstream.count('fetchBlob'), 1);
  });

  it('is served to one that has a link to it, without a question', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    await parts.links.linkLayer(ALPINE, LAYER);
    assert.ok(sameBytes(await pull(parts, LAYER), LAYER_BYTES));
    assert.is(parts.upstream.count('fetchBlob'), 1);
  });

  it('is served to one to which the upstream begins to send it, and then linked', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    parts.upstream.push(ALPINE, IMAGE);
    assert.ok(sameBytes(await pull(parts, LAYER), LAYER_BYTES));
    await parts.background.idle();
    assert.ok(parts.upstream.downloads[1]?.isCancelled);
    assert.is(parts.upstream.sent(LAYER).most, 1);
    await pull(parts, LAYER);
    assert.is(parts.upstream.count('fetchBlob'), 2);
  });

  it('is refused to one to which the upstream refuses it, as if it were not here', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    const beyond = { kind: 'from', first: 1e9, last: undefined } as const;
    for (const refusal of [new BlobUnknown('no'), new Denied('no')]) {
      parts.upstream.script = { refusal };
      assert.is(await outcome(pull(parts, LAYER)), refusal);
      assert.is(await outcome(pull(parts, LAYER, ALPINE, beyond)), refusal);
    }
    assert.not(await parts.links.hasLayer(ALPINE, LAYER));
  });

  it('is refused to one that the upstream cannot be asked about', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    parts.upstream.outage = DOWN;
    await rejects(pull(parts, LAYER), UpstreamUnreachable);
  });

  it('is not served by its link alone when links cannot be read: the upstream is asked', async () => {
    const parts = pullParts();
    await heldForBusybox(parts);
    parts.upstream.push(ALPINE, IMAGE);
    parts.storage.broken.add('get');
    assert.ok(sameBytes(await pull(parts, LAYER), LAYER_BYTES));
    assert.is(parts.upstream.count('fetchBlob'), 2);
    assert.is(parts.events.of('unreadable').length, 1);
  });
});

testSuite('a part of a blob', (it) => {
  const ranges = [
    { range: { kind: 'from', first: 0, last: 0 }, first: 0, last: 0 },
    { range: { kind: 'from', first: 100, last: 299 }, first: 100, last: 299 },
    { range: { kind: 'from', first: 900, last: undefined }, first: 900, last: 999 },
    { range: { kind: 'from', first: 999, last: 5000 }, first: 999, last: 999 },
    { range: { kind: 'suffix', length: 10 }, first: 990, last: 999 },
    { range: { kind: 'suffix', length: 5000 }, first: 0, last: 999 },
  ] as const;
  for (const { range, first, last } of ranges) {
    it(`from ${first} to ${last} is served cold and warm, with one download`, async () => {
      const parts = pullParts();
      const { digest, bytes } = pushBlob(parts, 1000);
      for (const source of ['miss', 'hit']) {
        const served = await parts.pullBlob.open(ALPINE, digest, range);
        assert.is(served.source, source);
        assert.is(served.size, 1000);
        assert.equal(served.range, { first, last });
        assert.ok(sameBytes(await readAll(served.reader), bytes.subarray(first, last + 1)));
        await parts.background.idle();
      }
      assert.is(parts.upstream.count('fetchBlob'), 1);
    });
  }

  it('beyond its end is refused cold, joined and warm, with its size', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    const range = { kind: 'from', first: 1000, last: undefined } as const;
    const opening = [1, 2].map(() => parts.pullBlob.open(ALPINE, digest, range));
    for (const open of opening) assert.is((await rejects(open, RangeNotSatisfiable)).size, 1000);
    await parts.background.idle();
    const warm = await rejects(parts.pullBlob.open(ALPINE, digest, range), RangeNotSatisfiable);
    assert.is(warm.size, 1000);
  });
});

testSuite('the size of a blob', (it) => {
  it('is the listed one, where the repository’s manifest has been served', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, IMAGE);
    await get(parts, MANIFEST);
    assert.is(await parts.pullBlob.stat(ALPINE, LAYER), LAYER_BYTES.byteLength);
    assert.is(parts.upstream.count('statBlob'), 0);
  });

  it('is that of the stored one, for those who may read it, in an outage, too', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    await pull(parts, digest);
    await parts.background.idle();
    parts.upstream.outage = DOWN;
    assert.is(await parts.pullBlob.stat(ALPINE, digest), 1000);
    await rejects(parts.pullBlob.stat(BUSYBOX, digest), UpstreamUnreachable);
  });

  it('is asked of the upstream otherwise, and never fetched', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    assert.is(await parts.pullBlob.stat(ALPINE, digest), 1000);
    parts.storage.broken.add('stat');
    assert.is(await parts.pullBlob.stat(ALPINE, digest), 1000);
    assert.is(parts.upstream.count('statBlob'), 2);
    assert.is(parts.upstream.count('fetchBlob'), 0);
  });
});

testSuite('a blob that cannot be had', (it) => {
  it('is unknown at once when the upstream does not know it', async () => {
    const parts = pullParts();
    pushBlob(parts, 10);
    await rejects(pull(parts, LAYER), BlobUnknown);
    assert.is(parts.upstream.count('fetchBlob'), 1);
    assert.equal(parts.events.types, []);
  });

  it('is the failure itself, where its manifest has not been served', async () => {
    const parts = pullParts();
    parts.upstream.outage = DOWN;
    const failed = await whileTimePasses(parts, outcome(pull(parts, LAYER)));
    assert.is(failed, DOWN);
  });

  it('is unavailable once its manifest has been served, for clients to go elsewhere', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, IMAGE);
    await get(parts, MANIFEST);
    parts.upstream.outage = DOWN;
    const failed = await whileTimePasses(parts, outcome(pull(parts, LAYER)));
    assert.instance(failed, BlobUnavailable);
    assert.is((failed as BlobUnavailable).cause, DOWN);
  });

  it('is refused with the upstream’s 429, which says when to come back', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, IMAGE);
    await get(parts, MANIFEST);
    parts.upstream.outage = new TooManyRequests('later', 60);
    const { retryAfterSeconds } = await rejects(pull(parts, LAYER), TooManyRequests);
    assert.is(retryAfterSeconds, 60);
  });

  it('fails everybody who waits for it to begin, and is asked anew by the next', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 100);
    parts.upstream.scripts.push({ refusal: new Denied('not yet') });
    const refused = await Promise.all([1, 2].map(() => outcome(pull(parts, digest))));
    assert.ok(refused.every((error) => error instanceof Denied));
    assert.ok(sameBytes(await pull(parts, digest), bytes));
  });
});

testSuite('a blob that is here and cannot be read', (it) => {
  it('is downloaded', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    await pull(parts, digest);
    await parts.background.idle();
    parts.storage.broken.add('open');
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.count('fetchBlob'), 2);
  });
});

testSuite('downloads', (it) => {
  it('are not repeated for one who looked in vain while another’s began and ended', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    const looking = new Gate();
    parts.storage.gates.set('opened', () => looking.passed);
    const late = pull(parts, digest);
    await settle();
    parts.storage.gates.clear();
    await pull(parts, digest);
    await parts.background.idle();
    looking.open();
    assert.ok(sameBytes(await late, bytes));
    assert.is(parts.upstream.count('fetchBlob'), 1);
  });

  it('run only so many at a time, and all come to their end', async () => {
    const parts = pullParts({ maxTransfers: 2 });
    const all = [101, 102, 103, 104, 105].map((size) => pushBlob(parts, size));
    let running = 0;
    let most = 0;
    parts.upstream.script = {
      before: (offset) => {
        if (offset === 0) most = Math.max(most, ++running);
        if (offset >= 96) running--;
        return undefined;
      },
    };
    const bodies = await Promise.all(all.map(({ digest }) => pull(parts, digest)));
    assert.is(bodies.length, 5);
    assert.ok(most <= 2, `${most} ran at a time`);
  });
});
