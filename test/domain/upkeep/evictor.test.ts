import * as assert from 'uvu/assert';
import { ImagePattern } from '../../../src/domain/image-pattern.ts';
import { layerLinkKey } from '../../../src/domain/registry-layout.ts';
import { whileTimePasses } from '../../support/blob-pulls.ts';
import { Gate } from '../../support/gate.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { isMissing } from '../../support/manifest-pulls.ts';
import { image, randomLayer } from '../../support/oci-image.ts';
import { ALPINE, BUSYBOX, ref } from '../../support/pull-parts.ts';
import { pass } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';
import {
  imageNumbered,
  LAYER_SIZE,
  numbersHere,
  pullNumbered,
  roomFor,
  storedBytes,
  upkeep,
} from '../../support/trimmed-cache.ts';
import { contents, type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How many requests for manifests and blobs have arrived. */
function fetches({ upstream }: UpkeepParts): number {
  return upstream.count('fetchManifest') + upstream.count('fetchBlob');
}

testSuite('a cache with a budget', (it) => {
  it('goes down to its low water when it is over, and those that were pulled last stay', async () => {
    const parts = upkeepParts({ maxSize: roomFor(5), lowWater: { kind: 'share', share: 0.6 } });
    parts.evictor.start();
    for (let number = 0; number < 5; number++) await pullNumbered(parts, number);
    assert.equal(await numbersHere(parts, 6), [0, 1, 2, 3, 4]);
    assert.equal(parts.events.of('evicted'), []);
    await pullNumbered(parts, 0); // so it is not the next to go
    await pullNumbered(parts, 5);
    assert.equal(await numbersHere(parts, 6), [0, 4, 5]);
    const [trimmed] = parts.events.of('cache-trimmed');
    assert.is(trimmed?.images, 3);
    assert.is(trimmed?.maxBytes, roomFor(5).bytes);
  });

  it('says of each image that goes what it was', async () => {
    const parts = upkeepParts({ maxSize: roomFor(1) });
    parts.evictor.start();
    const first = await pullNumbered(parts, 0);
    await pullNumbered(parts, 1);
    const [{ bytes, ...evicted } = { bytes: 0 }, ...more] = parts.events.of('evicted');
    assert.equal(more, []);
    assert.equal(evicted, {
      type: 'evicted',
      repository: ALPINE,
      digest: first,
      tags: ['v0'],
      why: 'over budget',
    });
    assert.ok(bytes > LAYER_SIZE && bytes < 1.1 * LAYER_SIZE, `${bytes}`);
  });

  it('makes room while a download is running, and not after it', async () => {
    const parts = upkeepParts({ maxSize: roomFor(3) });
    parts.evictor.start();
    for (let number = 0; number < 3; number++) await pullNumbered(parts, number);
    await upkeep(parts, MINUTE_MS);
    parts.upstream.push(ALPINE, imageNumbered(3), 'v3');
    const gate = new Gate();
    parts.upstream.script = {
      pieceSize: LAYER_SIZE / 2,
      before: (offset) => (offset > 0 ? gate.passed : undefined),
    };
    const pulled = pullImage(parts, 'v3');
    await pass(parts.clock, 10, 10);
    assert.equal(await numbersHere(parts, 4), [1, 2]);
    gate.open();
    await pulled;
    assert.equal(await numbersHere(parts, 4), [1, 2, 3]);
  });

  it('fetches again what has gone, when it is pulled', async () => {
    const parts = upkeepParts({ maxSize: roomFor(2) });
    parts.evictor.start();
    for (let number = 0; number < 3; number++) await pullNumbered(parts, number);
    assert.equal(await numbersHere(parts, 3), [1, 2]);
    const before = fetches(parts);
    await pullNumbered(parts, 0);
    assert.is(fetches(parts) - before, 3);
    await pullNumbered(parts, 0);
    assert.is(fetches(parts) - before, 3);
    assert.equal(await numbersHere(parts, 3), [0, 2]);
  });

  it('never removes what is to be kept, and says once that it is over for that', async () => {
    const keep = [new ImagePattern('library/alpine')];
    const parts = upkeepParts({ maxSize: roomFor(2), keep });
    parts.evictor.start();
    for (let number = 0; number < 5; number++) {
      await pullNumbered(parts, number);
      await upkeep(parts, MINUTE_MS);
    }
    assert.equal(await numbersHere(parts, 5), [0, 1, 2, 3, 4]);
    assert.is(parts.events.of('over-budget').length, 1);
    await pullNumbered(parts, 0, BUSYBOX);
    await upkeep(parts, HOUR_MS);
    assert.not(await parts.links.hasRevision(BUSYBOX, imageNumbered(0).manifest.digest as never));
  });

  it('keeps a layer as long as an image needs it, and counts it once', async () => {
    const parts = upkeepParts({ maxSize: roomFor(3) });
    parts.evictor.start();
    const base = randomLayer(LAYER_SIZE, 1000);
    for (let number = 0; number < 4; number++) {
      parts.upstream.push(ALPINE, imageNumbered(number, base), `v${number}`);
      await whileTimePasses(parts, pullImage(parts, `v${number}`));
      await upkeep(parts);
    }
    assert.not(await isMissing(parts, base.digest as never));
    const before = fetches(parts);
    await pullImage(parts, 'v3');
    assert.is(fetches(parts), before);
    assert.ok((await storedBytes(parts)) > 2 * LAYER_SIZE);
  });

  it('never goes over by more than what is being downloaded, whatever is pulled', async () => {
    const budget = roomFor(4);
    const parts = upkeepParts({ maxSize: budget });
    parts.evictor.start();
    for (let pull = 0; pull < 60; pull++) {
      await pullNumbered(parts, (pull * 7) % 23);
      assert.ok((await storedBytes(parts)) <= budget.bytes, `after pull ${pull}`);
    }
  });

  it('spares what is being downloaded', async () => {
    const parts = upkeepParts({ maxSize: { kind: 'bytes', bytes: 1 } });
    parts.evictor.start();
    const layer = randomLayer(LAYER_SIZE, 7);
    const digest = parts.upstream.push(ALPINE, image({ layers: [layer] }), 'latest');
    await whileTimePasses(parts, pullImage(parts, 'latest'));
    parts.upstream.script = { answerAfterMs: MINUTE_MS };
    const reader = parts.transfers
      .start({
        repository: ALPINE,
        digest: layer.digest as never,
        expectedSize: undefined,
        anew: false,
      })
      .reader();
    await upkeepBehind(parts);
    assert.not(await isMissing(parts, layer.digest as never));
    assert.not(await isMissing(parts, digest));
    reader.close();
    await whileTimePasses(parts, parts.background.idle());
  });

  it('makes way when the disk is full, though the budget is not used up', async () => {
    const parts = upkeepParts();
    const totalBytes = 200 * LAYER_SIZE;
    parts.storage.medium = { totalBytes, freeBytes: 100 * LAYER_SIZE };
    parts.evictor.start();
    for (let number = 0; number < 4; number++) await pullNumbered(parts, number);
    await upkeep(parts, MINUTE_MS);
    assert.equal(parts.events.of('evicted'), []);
    parts.storage.medium = { totalBytes, freeBytes: 0 };
    parts.storage.full.add('append');
    await pullNumbered(parts, 4).catch(() => {});
    parts.storage.full.clear();
    await upkeep(parts, MINUTE_MS);
    assert.equal(await numbersHere(parts, 4), [1, 2, 3]);
  });
});

/** What a registry says of a manifest of alpine. */
function entry(digest: string, expiresMs: number): object {
  const Key = `${ALPINE}@${digest}`;
  return { [Key]: { Key, ExpiryData: new Date(expiresMs).toISOString(), EntryType: 1 } };
}

/** A round, while downloads are under way that do not end. */
async function upkeepBehind({ clock }: UpkeepParts): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await pass(clock, 1);
}

testSuite('a cache that forgets what nobody pulls', (it) => {
  it('counts from the last pull, of an index or of what it lists', async () => {
    const parts = upkeepParts({ ttlMs: 7 * DAY_MS });
    parts.evictor.start();
    await pullNumbered(parts, 0);
    await pullNumbered(parts, 1);
    await upkeep(parts, 5 * DAY_MS);
    await pullNumbered(parts, 0);
    await upkeep(parts, 3 * DAY_MS);
    assert.equal(await numbersHere(parts, 2), [0]);
    assert.is(parts.events.of('evicted')[0]?.why, 'expired');
    await upkeep(parts, 5 * DAY_MS);
    await upkeep(parts, 2 * MINUTE_MS);
    assert.equal(await contents(parts), []);
  });

  it('counts a HEAD of what is here, too', async () => {
    const parts = upkeepParts({ ttlMs: 7 * DAY_MS });
    parts.evictor.start();
    await pullNumbered(parts, 0);
    await upkeep(parts, 5 * DAY_MS);
    await parts.pullManifest.resolve(ALPINE, ref('v0'));
    await upkeep(parts, 5 * DAY_MS);
    assert.equal(await numbersHere(parts, 1), [0]);
  });

  it('never forgets with a ttl of 0', async () => {
    const parts = upkeepParts();
    parts.evictor.start();
    await pullNumbered(parts, 0);
    await upkeep(parts, 1000 * DAY_MS);
    assert.equal(await numbersHere(parts, 1), [0]);
  });

  it('knows after a restart when images were pulled', async () => {
    const first = upkeepParts();
    await pullNumbered(first, 0);
    await pullNumbered(first, 1);
    first.clock.advance(5 * DAY_MS);
    await pullNumbered(first, 0);
    await first.pullLog.stop();
    const parts = upkeepParts({ ttlMs: 7 * DAY_MS }, first);
    parts.evictor.start();
    await upkeep(parts, 3 * DAY_MS);
    assert.equal(await numbersHere(parts, 2), [0]);
  });

  it('learns from what a registry has left when images were first fetched', async () => {
    const before = upkeepParts();
    await before.pullLog.stop(); // a registry notes nothing else
    const [old, young] = [await pullNumbered(before, 0), await pullNumbered(before, 1)];
    const nowMs = before.clock.now();
    // The storage says of both that they came just now: it may have been copied.
    const state = { ...entry(old, nowMs - DAY_MS), ...entry(young, nowMs + 3 * DAY_MS) };
    const key = 'scheduler-state.json';
    await before.storage.records.put(key, Buffer.from(JSON.stringify(state)));
    const parts = upkeepParts({ ttlMs: 7 * DAY_MS }, before);
    parts.evictor.start();
    await upkeep(parts, MINUTE_MS);
    assert.equal(await numbersHere(parts, 2), [1]);
    await upkeep(parts, 4 * DAY_MS);
    assert.equal(await numbersHere(parts, 2), []);
  });

  it('removes blobs that no image needs, with their links, when they have been here for long', async () => {
    const parts = upkeepParts();
    parts.evictor.start();
    const { digest, bytes } = randomLayer(1000, 5);
    const blob = parts.upstream.pushBlob(ALPINE, bytes, { digest });
    const { reader } = await parts.pullBlob.open(ALPINE, blob);
    reader.close();
    await upkeep(parts, 50 * MINUTE_MS);
    assert.not(await isMissing(parts, blob));
    await upkeep(parts, 20 * MINUTE_MS);
    assert.ok(await isMissing(parts, blob));
    assert.is(await parts.storage.records.get(layerLinkKey(ALPINE, blob)), undefined);
    assert.is(parts.events.of('cache-trimmed')[0]?.orphans, 1);
  });
});

testSuite('looking after a cache', (it) => {
  it('begins a minute after the start, and goes on every five', async () => {
    const parts = upkeepParts();
    await pullNumbered(parts, 0);
    parts.evictor.start();
    await upkeep(parts, MINUTE_MS - 10);
    assert.equal(parts.events.of('stock-taken'), []);
    await upkeep(parts, 10);
    const [taken] = parts.events.of('stock-taken');
    assert.equal([taken?.images, taken?.blobs], [1, 3]);
    await upkeep(parts, 5 * MINUTE_MS - 10);
    assert.is(parts.events.of('stock-taken').length, 1);
    await upkeep(parts, 10);
    assert.is(parts.events.of('stock-taken').length, 2);
  });

  it('begins at once when much is stored after the start: nobody knows how much there was', async () => {
    const before = upkeepParts();
    for (let number = 0; number < 3; number++) await pullNumbered(before, number);
    const parts = upkeepParts({ maxSize: roomFor(3) }, before);
    parts.evictor.start();
    await upkeep(parts);
    assert.equal(parts.events.of('stock-taken'), []);
    await pullNumbered(parts, 3);
    assert.equal(await numbersHere(parts, 4), [1, 2, 3]);
  });

  it('does not begin at once for a little', async () => {
    const parts = upkeepParts({ maxSize: roomFor(1000) });
    parts.evictor.start();
    await pullNumbered(parts, 0);
    assert.equal(parts.events.of('stock-taken'), []);
  });

  it('leaves an image that another process has seen pulled since', async () => {
    const parts = upkeepParts({ ttlMs: 7 * DAY_MS });
    parts.evictor.start();
    const digest = await pullNumbered(parts, 0);
    await upkeep(parts, 5 * DAY_MS);
    const other = upkeepParts({}, parts);
    await pullImage(other, 'v0');
    parts.clock.advance(DAY_MS);
    await other.pullLog.stop();
    await upkeep(parts, DAY_MS);
    assert.not(await isMissing(parts, digest));
  });

  it('forgets what another process has removed, and stores it again', async () => {
    const parts = upkeepParts();
    parts.evictor.start();
    await pullNumbered(parts, 0);
    const other = upkeepParts({ ttlMs: 1 }, parts);
    other.evictor.start();
    await upkeep(other, MINUTE_MS);
    await upkeep(parts, 10 * MINUTE_MS);
    assert.equal(await numbersHere(parts, 1), []);
    await other.evictor.stop();
    await pullNumbered(parts, 0);
    assert.equal(await numbersHere(upkeepParts({}, parts), 1), [0]);
    assert.ok(
      await upkeepParts({}, parts).links.hasRevision(
        ALPINE,
        imageNumbered(0).manifest.digest as never,
      ),
    );
  });

  it('goes on with other images when one cannot be removed, and tries that again', async () => {
    const parts = upkeepParts({ ttlMs: DAY_MS });
    parts.evictor.start();
    for (let number = 0; number < 2; number++) await pullNumbered(parts, number);
    await upkeep(parts, MINUTE_MS);
    let left = 1;
    parts.storage.gates.set('delete', async () => {
      if (left-- > 0) throw new Error('a broken folder');
    });
    await upkeep(parts, DAY_MS - 1);
    assert.is(parts.events.of('upkeep-failed').length, 1);
    assert.is((await numbersHere(parts, 2)).length, 1);
    await upkeep(parts, 5 * MINUTE_MS);
    assert.equal(await numbersHere(parts, 2), []);
  });

  it('is tried again when the storage could not be read, which is told', async () => {
    const parts = upkeepParts({ ttlMs: DAY_MS });
    parts.evictor.start();
    await pullNumbered(parts, 0);
    parts.storage.broken.add('get');
    await upkeep(parts, 2 * DAY_MS);
    assert.ok(parts.events.of('upkeep-failed').length > 0);
    parts.storage.broken.clear();
    await upkeep(parts, 10 * MINUTE_MS);
    assert.equal(await numbersHere(parts, 1), []);
  });

  it('ends when it is told to, after what it removes just then', async () => {
    const parts = upkeepParts({ ttlMs: 1 });
    for (let number = 0; number < 3; number++) await pullNumbered(parts, number);
    parts.evictor.start();
    let stopped: Promise<void> | undefined;
    parts.storage.gates.set('remove', async () => {
      stopped ??= parts.evictor.stop();
    });
    await upkeep(parts, MINUTE_MS);
    assert.ok(stopped);
    await stopped;
    assert.is((await numbersHere(parts, 3)).length, 2);
    await parts.pullLog.stop();
    assert.is(parts.clock.pending, 0);
  });
});
