import * as assert from 'node:assert/strict';
import { StorageFailed } from '../../domain/errors.ts';
import type { BlobStore } from '../../domain/ports/blob-store.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
import { bytesOf, type Content, content, KIB, listed, readBack, sameBytes } from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

const BLOB = content(100 * KIB);
const HALF = 50 * KIB;
const RACERS = 8;

export function blobSuspendingContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `a suspended blob`, test, create }, (it) => {
    it('is gone on with by the next that stages it', async ({ blobs }) => {
      await suspend(blobs, BLOB, HALF);
      const staged = await blobs.stage(BLOB.digest);
      assert.equal(staged.length, HALF);
      sameBytes(await readBack(staged), BLOB.bytes.subarray(0, HALF));
      await staged.append([BLOB.bytes.subarray(HALF)]);
      sameBytes(await readBack(staged), BLOB.bytes);
      await staged.commit();
      staged.close();
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });

    it('may be suspended again and again', async ({ blobs }) => {
      for (let length = 20 * KIB; length <= 100 * KIB; length += 20 * KIB) {
        await suspend(blobs, BLOB, length);
      }
      const staged = await blobs.stage(BLOB.digest);
      sameBytes(await readBack(staged), BLOB.bytes);
      await staged.commit();
      staged.close();
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });

    it('is not visible', async ({ blobs }) => {
      await suspend(blobs, BLOB, BLOB.bytes.length);
      assert.equal(await blobs.stat(BLOB.digest), undefined);
      assert.equal(await blobs.open(BLOB.digest), undefined);
      assert.equal(await blobs.delete(BLOB.digest), false);
      assert.equal(await blobs.setAside(BLOB.digest), false);
      assert.deepEqual(await listed(blobs), []);
    });

    it('gives back until it is closed, whoever goes on with it', async ({ blobs }) => {
      const first = await blobs.stage(BLOB.digest);
      await first.append([BLOB.bytes.subarray(0, HALF)]);
      await first.suspend();
      const second = await blobs.stage(BLOB.digest);
      await second.append([BLOB.bytes.subarray(HALF)]);
      await second.commit();
      second.close();
      assert.equal(first.length, HALF);
      sameBytes(await readBack(first), BLOB.bytes.subarray(0, HALF));
      first.close();
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });

    it('takes nothing more, and is not committed or removed by its former writer', async ({
      blobs,
    }) => {
      const staged = await blobs.stage(BLOB.digest);
      await staged.append([BLOB.bytes]);
      await staged.suspend();
      await staged.suspend();
      await rejects(staged.append([BLOB.bytes]), StorageFailed);
      await rejects(staged.commit(), StorageFailed);
      await staged.discard();
      staged.close();
      staged.close();
      assert.equal(await blobs.stat(BLOB.digest), undefined);
      assert.equal(await takenLength(blobs, BLOB), BLOB.bytes.length);
    });

    it('waits for what is being appended', async ({ blobs }) => {
      const staged = await blobs.stage(BLOB.digest);
      const appending = staged.append([BLOB.bytes]);
      await staged.suspend();
      await appending;
      staged.close();
      assert.equal(await takenLength(blobs, BLOB), BLOB.bytes.length);
    });

    it('is another for each digest', async ({ blobs }) => {
      const other = content(10, 2);
      await suspend(blobs, BLOB, HALF);
      await suspend(blobs, other, 4);
      assert.equal(await takenLength(blobs, content(10, 3)), 0);
      assert.equal(await takenLength(blobs, other), 4);
      assert.equal(await takenLength(blobs, BLOB), HALF);
    });

    it('is gone once it is discarded, or closed, by the one that went on', async ({ blobs }) => {
      await suspend(blobs, BLOB, HALF);
      const discarded = await blobs.stage(BLOB.digest);
      await discarded.discard();
      discarded.close();
      assert.equal(await takenLength(blobs, BLOB), 0);
      await suspend(blobs, BLOB, HALF);
      assert.equal(await takenLength(blobs, BLOB), HALF);
      assert.equal(await takenLength(blobs, BLOB), 0);
    });

    it('was neither empty, nor committed, nor discarded', async ({ blobs }) => {
      await suspend(blobs, BLOB, 0);
      assert.equal(await takenLength(blobs, BLOB), 0);
      const discarded = await blobs.stage(BLOB.digest);
      await discarded.append([BLOB.bytes]);
      await discarded.discard();
      await discarded.suspend();
      discarded.close();
      assert.equal(await takenLength(blobs, BLOB), 0);
      const committed = await blobs.stage(BLOB.digest);
      await committed.append([BLOB.bytes]);
      await committed.commit();
      await committed.suspend();
      committed.close();
      assert.equal(await takenLength(blobs, BLOB), 0);
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });

    it('does not disturb another that is under way for the same digest', async ({ blobs }) => {
      const one = await blobs.stage(BLOB.digest);
      const other = await blobs.stage(BLOB.digest);
      await one.append([BLOB.bytes.subarray(0, 100)]);
      await other.append([BLOB.bytes.subarray(0, HALF)]);
      await other.suspend();
      other.close();
      const third = await blobs.stage(BLOB.digest);
      assert.equal(third.length, HALF);
      await one.append([BLOB.bytes.subarray(100)]);
      await one.commit();
      one.close();
      sameBytes(await readBack(third), BLOB.bytes.subarray(0, HALF));
      await third.append([BLOB.bytes.subarray(HALF)]);
      await third.commit();
      third.close();
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });

    it(`is gone on with by one of ${RACERS} that stage it at once`, async ({ blobs }) => {
      await suspend(blobs, BLOB, HALF);
      const racers = Array.from({ length: RACERS }, () => blobs.stage(BLOB.digest));
      const staged = await Promise.all(racers);
      const lengths = staged.map(({ length }) => length).sort((a, b) => b - a);
      assert.deepEqual(lengths, [HALF, ...Array.from({ length: RACERS - 1 }, () => 0)]);
      for (const each of staged) each.close();
    });
  });
}

/** Stages the blob, appends up to `length` to what is there, and suspends it. */
async function suspend(
  blobs: BlobStore,
  { bytes, digest }: Content,
  length: number,
): Promise<void> {
  const staged = await blobs.stage(digest);
  await staged.append([bytes.subarray(staged.length, length)]);
  await staged.suspend();
  staged.close();
}

/** How much of the blob there is to go on with; it is gone afterwards. */
async function takenLength(blobs: BlobStore, { digest }: Content): Promise<number> {
  const staged = await blobs.stage(digest);
  await staged.discard();
  staged.close();
  return staged.length;
}
