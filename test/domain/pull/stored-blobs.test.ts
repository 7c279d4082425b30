import * as assert from 'uvu/assert';
import { NodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import { RangeNotSatisfiable } from '../../../src/domain/errors.ts';
import { parseManifest } from '../../../src/domain/manifest.ts';
import { StoredBlobs } from '../../../src/domain/pull/stored-blobs.ts';
import { BlobDamaged } from '../../../src/domain/pull/verified-blob.ts';
import { keep } from '../../support/blob-pulls.ts';
import { digestNamed, readAll, sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import { MapCache } from '../../support/map-cache.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const BYTES = someBytes(1000);
const DIGEST = sha256(BYTES);
const PART = { kind: 'from', first: 100, last: 199 } as const;
const BEYOND = { kind: 'from', first: 5000, last: undefined } as const;

function storedBlobs(
  parts: PullParts,
  verification: 'onread' | 'never',
  hot: MapCache<Uint8Array> | undefined = new MapCache(),
): StoredBlobs {
  const { shelf, events, storage } = parts;
  const ports = { blobs: storage.blobs, shelf, events, hasher: new NodeHasher() };
  return new StoredBlobs({ ...ports, sound: new MapCache(), hot }, verification);
}

/** A manifest of the repository says that the blob has this size. */
function list({ shelf }: PullParts, size: number): void {
  const layers = [{ mediaType: 'application/x.layer', digest: DIGEST, size }];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
  shelf.remember(ALPINE, parseManifest(digestNamed('manifest'), bytes));
}

/** Memory for what is asked for a second time. */
class SecondTime extends MapCache<Uint8Array> {
  readonly #asked = new Set<string>();

  override admits(key: string): boolean {
    const isSecond = this.#asked.has(key);
    this.#asked.add(key);
    return isSecond;
  }
}

function flipped(at: number): Uint8Array {
  const bytes = Uint8Array.from(BYTES);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

testSuite('stored blobs', (it) => {
  for (const verification of ['onread', 'never'] as const) {
    it(`gives a sound blob and its parts (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification);
      await keep(parts, DIGEST, BYTES);
      const whole = await stored.open(ALPINE, DIGEST);
      assert.ok(whole && sameBytes(await readAll(whole, 64), BYTES));
      const part = await stored.open(ALPINE, DIGEST, PART);
      assert.equal(part?.range, { first: 100, last: 199 });
      assert.ok(part && sameBytes(await readAll(part), BYTES.subarray(100, 200)));
    });

    it(`sets aside a blob that is shorter than listed (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification);
      await keep(parts, DIGEST, BYTES.subarray(0, 500));
      list(parts, 1000);
      const opened = await stored.open(ALPINE, DIGEST, BEYOND);
      assert.is(opened, undefined, 'and does not call the range unsatisfiable');
      assert.is(await parts.storage.blobs.stat(DIGEST), undefined);
      assert.equal(parts.events.types, ['damaged']);
    });

    it(`keeps a sound blob whose size a manifest lists wrongly (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification);
      await keep(parts, DIGEST, BYTES);
      list(parts, 999);
      const whole = await stored.open(ALPINE, DIGEST);
      assert.ok(whole && sameBytes(await readAll(whole), BYTES));
      assert.is(await parts.storage.blobs.stat(DIGEST), 1000);
      assert.equal(parts.events.types, []);
    });

    it(`says that a range lies beyond the blob (verify: ${verification})`, async () => {
      const parts = pullParts();
      await keep(parts, DIGEST, BYTES);
      const opened = storedBlobs(parts, verification).open(ALPINE, DIGEST, BEYOND);
      assert.is((await rejects(opened, RangeNotSatisfiable)).size, 1000);
    });

    it(`takes an unreadable storage for one without the blob (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification);
      await keep(parts, DIGEST, BYTES);
      parts.storage.broken.add('open').add('stat');
      assert.is(await stored.open(ALPINE, DIGEST), undefined);
      assert.is(await stored.open(ALPINE, DIGEST, PART), undefined);
      assert.is(await stored.stat(ALPINE, DIGEST), undefined);
      assert.equal(parts.events.types, ['unreadable', 'unreadable', 'unreadable']);
    });
  }

  for (const verification of ['onread', 'never'] as const) {
    it(`keeps in memory what is worth it, and gives the rest (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification, new SecondTime());
      await keep(parts, DIGEST, BYTES);
      for (const isHeld of [false, true]) {
        const blob = await stored.open(ALPINE, DIGEST);
        assert.ok(blob && sameBytes(await readAll(blob, 64), BYTES));
        assert.is(stored.held(DIGEST) !== undefined, isHeld);
      }
    });
  }

  it('does not give a small damaged blob at all, and sets it aside', async () => {
    for (const damaged of [flipped(0), flipped(999), BYTES.subarray(0, 500), new Uint8Array(0)]) {
      const parts = pullParts();
      await keep(parts, DIGEST, damaged);
      assert.is(await storedBlobs(parts, 'onread').open(ALPINE, DIGEST), undefined);
      assert.is(await parts.storage.blobs.stat(DIGEST), undefined);
      assert.equal(parts.events.types, ['damaged']);
    }
  });

  it('never ends a large damaged blob as if it were whole, and sets it aside', async () => {
    const large = someBytes(2 * 1024 * 1024);
    const digest = sha256(large);
    large[1_500_000] = (large[1_500_000] ?? 0) ^ 1;
    const parts = pullParts();
    await keep(parts, digest, large);
    const blob = await storedBlobs(parts, 'onread').open(ALPINE, digest);
    assert.ok(blob);
    await rejects(readAll(blob, 65_536), BlobDamaged);
    assert.is(await parts.storage.blobs.stat(digest), undefined);
    assert.equal(parts.events.types, ['damaged']);
  });

  it('does not trust a blob any more that was sound once and then damaged', async () => {
    const parts = pullParts();
    const stored = storedBlobs(parts, 'onread');
    await keep(parts, DIGEST, BYTES);
    (await stored.open(ALPINE, DIGEST, PART))?.close();
    await parts.storage.blobs.delete(DIGEST);
    await keep(parts, DIGEST, flipped(0));
    const whole = await stored.open(ALPINE, DIGEST);
    if (whole !== undefined) await rejects(readAll(whole), BlobDamaged);
    await keep(parts, DIGEST, flipped(0));
    assert.is(await stored.open(ALPINE, DIGEST, PART), undefined);
  });

  it('gives no part of a damaged blob, and looks through a sound one only once', async () => {
    const parts = pullParts();
    const stored = storedBlobs(parts, 'onread');
    let opened = 0;
    parts.storage.gates.set('open', async () => void opened++);
    await keep(parts, DIGEST, flipped(700));
    assert.is(await stored.open(ALPINE, DIGEST, PART), undefined);
    await keep(parts, DIGEST, BYTES);
    opened = 0;
    (await stored.open(ALPINE, DIGEST, PART))?.close();
    (await stored.open(ALPINE, DIGEST, PART))?.close();
    assert.is(opened, 3);
  });

  for (const verification of ['onread', 'never'] as const) {
    it(`opens a small blob once, and gives it and its parts from memory (verify: ${verification})`, async () => {
      const parts = pullParts();
      const stored = storedBlobs(parts, verification);
      await keep(parts, DIGEST, BYTES);
      (await stored.open(ALPINE, DIGEST))?.close();
      parts.storage.broken.add('open');
      const whole = await stored.open(ALPINE, DIGEST);
      assert.ok(whole && sameBytes(await readAll(whole, 64), BYTES));
      const part = await stored.open(ALPINE, DIGEST, PART);
      assert.equal(part?.range, { first: 100, last: 199 });
      assert.ok(part && sameBytes(await readAll(part), BYTES.subarray(100, 200)));
      assert.is(
        (await rejects(stored.open(ALPINE, DIGEST, BEYOND), RangeNotSatisfiable)).size,
        1000,
      );
    });
  }

  it('leaves a large blob where it is', async () => {
    const parts = pullParts();
    const large = someBytes(1024 * 1024 + 1);
    const hot = new MapCache<Uint8Array>();
    await keep(parts, sha256(large), large);
    const blob = await storedBlobs(parts, 'never', hot).open(ALPINE, sha256(large));
    assert.ok(blob && sameBytes(await readAll(blob, 65_536), large));
    assert.is(hot.get(sha256(large)), undefined);
  });
});
