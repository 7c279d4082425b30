import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { ImagePattern } from '../../../src/domain/image-pattern.ts';
import { whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { isMissing } from '../../support/manifest-pulls.ts';
import { randomLayer } from '../../support/oci-image.ts';
import { ALPINE, ref } from '../../support/pull-parts.ts';
import { pass, settle } from '../../support/settle.ts';
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
import { type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const MINUTE_MS = 60_000;

/** With an eviction that does not end before the gate is opened, or the clock has gone on. */
async function full(): Promise<{ parts: UpkeepParts; gate: Gate; blob: Digest }> {
  const parts = upkeepParts({ maxSize: roomFor(3) });
  parts.evictor.start();
  for (let number = 0; number < 3; number++) await pullNumbered(parts, number);
  await upkeep(parts, MINUTE_MS);
  const gate = new Gate();
  parts.storage.gates.set('delete', () => gate.passed);
  const { digest, bytes } = randomLayer(LAYER_SIZE, 77);
  const blob = parts.upstream.pushBlob(ALPINE, bytes, { digest });
  const { reader } = await parts.pullBlob.open(ALPINE, blob);
  await readAll(reader); // the client does not wait for it
  await pass(parts.clock, 100, 10);
  assert.ok(await isMissing(parts, blob));
  return { parts, gate, blob };
}

/** Pulls an image as a client does, which does not wait for what is stored behind it. */
async function pullAhead(parts: UpkeepParts, number: number): Promise<void> {
  const base = randomLayer(LAYER_SIZE, 1_000 + number);
  parts.upstream.push(ALPINE, imageNumbered(number, base), `v${number}`);
  const { manifest } = await parts.pullManifest.get(ALPINE, ref(`v${number}`));
  for (const { digest } of manifest.blobs) {
    const { reader } = await parts.pullBlob.open(ALPINE, digest);
    await readAll(reader);
  }
}

testSuite('a blob for which there is no room yet', (it) => {
  it('waits before it goes into the storage, and its client does not', async () => {
    const { parts, gate, blob } = await full();
    gate.open();
    await whileTimePasses(parts, parts.background.idle());
    assert.not(await isMissing(parts, blob));
    assert.ok((await storedBytes(parts)) <= roomFor(3).bytes);
  });

  it('waits for its turn when others wait, too, and their images are all that there is', async () => {
    const { parts, gate } = await full();
    const before = parts.events.of('blob-stored').length;
    const numbers = Array.from({ length: 8 }, (_, index) => 10 + index);
    await Promise.all(numbers.map((number) => pullAhead(parts, number)));
    gate.open();
    let most = 0;
    for (let second = 0; second < 9; second++) {
      await pass(parts.clock, 1_000, 10);
      most = Math.max(most, await storedBytes(parts));
    }
    assert.ok(
      most <= roomFor(4).bytes,
      `${most} bytes are stored, and ${roomFor(3).bytes} are allowed`,
    );
    await whileTimePasses(parts, parts.background.idle());
    assert.is(parts.events.of('blob-stored').length, before + 1 + 8 * 3);
  });

  it('waits, too, when there was nothing to remove while it was being downloaded', async () => {
    const parts = upkeepParts({ maxSize: roomFor(2) });
    parts.evictor.start();
    await upkeep(parts, MINUTE_MS);
    const gate = new Gate();
    parts.upstream.script = {
      pieceSize: LAYER_SIZE / 2,
      before: (offset) => (offset > 0 ? gate.passed : undefined),
    };
    const numbers = Array.from({ length: 6 }, (_, index) => 10 + index);
    const pulls = Promise.all(numbers.map((number) => pullAhead(parts, number)));
    await pass(parts.clock, 1_000, 10);
    gate.open();
    let most = 0;
    for (let second = 0; second < 9; second++) {
      await pass(parts.clock, 1_000, 10);
      most = Math.max(most, await storedBytes(parts));
    }
    assert.ok(most <= roomFor(3).bytes, `${most} bytes are stored`);
    await whileTimePasses(parts, pulls);
    await whileTimePasses(parts, parts.background.idle());
  });

  it('waits for as long as those before it get their room, however slowly', async () => {
    const { parts, gate } = await full();
    const numbers = Array.from({ length: 8 }, (_, index) => 10 + index);
    await Promise.all(numbers.map((number) => pullAhead(parts, number)));
    gate.open();
    parts.storage.gates.set(
      'delete',
      () => new Promise((resolve) => void parts.clock.after(100, resolve)),
    );
    let most = 0;
    for (let second = 0; second < 120; second++) {
      await pass(parts.clock, 1_000, 10);
      most = Math.max(most, await storedBytes(parts));
    }
    assert.ok(most <= roomFor(4).bytes, `${most} bytes are stored`);
    parts.storage.gates.clear();
    await whileTimePasses(parts, parts.background.idle());
  });

  it('goes in all the same when it has waited for long', async () => {
    const { parts, gate, blob } = await full();
    await pass(parts.clock, MINUTE_MS, 10);
    assert.not(await isMissing(parts, blob));
    gate.open();
    await parts.background.idle();
  });

  it('goes in at the end', async () => {
    const { parts, gate, blob } = await full();
    const stopped = parts.evictor.stop();
    await settle();
    assert.not(await isMissing(parts, blob));
    gate.open();
    await stopped;
    await parts.background.idle();
  });

  it('does not wait where nothing can be removed', async () => {
    const parts = upkeepParts({ maxSize: roomFor(1), keep: [new ImagePattern('**')] });
    parts.evictor.start();
    for (let number = 0; number < 2; number++) await pullNumbered(parts, number);
    await upkeep(parts, MINUTE_MS);
    parts.upstream.push(ALPINE, imageNumbered(2), 'v2');
    await pullImage(parts, 'v2');
    assert.equal(await numbersHere(parts, 3), [0, 1, 2]);
  });

  it('waits for the first look at what is there, but not for long', async () => {
    const before = upkeepParts();
    for (let number = 0; number < 3; number++) await pullNumbered(before, number);
    const parts = upkeepParts({ maxSize: roomFor(3) }, before);
    const gate = new Gate();
    parts.storage.gates.set('get', () => gate.passed);
    parts.evictor.start();
    const { digest, bytes } = randomLayer(LAYER_SIZE, 77);
    const blob = parts.upstream.pushBlob(ALPINE, bytes, { digest });
    const reader = parts.transfers
      .start({
        repository: ALPINE,
        digest: blob,
        expectedSize: bytes.length,
        anew: false,
      })
      .reader();
    await readAll(reader);
    await pass(parts.clock, 100, 10);
    assert.ok(await isMissing(parts, blob));
    await pass(parts.clock, MINUTE_MS, 10);
    assert.not(await isMissing(parts, blob));
    gate.open();
    await parts.background.idle();
  });
});
