import * as assert from 'node:assert/strict';
import type { BlobStore } from '../../domain/ports/blob-store.ts';
import type { DefineTest } from '../define-test.ts';
import { bytesOf, type Content, content, KIB, listed, piecesOf, sameBytes } from './content.ts';
import { type CreateStorage, engineSuite, repeatUntil } from './engine-suite.ts';

const WRITERS = 20;

export function blobRaceContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `several at once`, test, create }, (it) => {
    it('two writers of one blob both succeed', async ({ blobs }) => {
      const { bytes, digest } = content(1000);
      const [one, other] = [await blobs.stage(digest), await blobs.stage(digest)];
      await one.append([bytes]);
      await other.append(piecesOf(bytes, 300));
      await one.commit();
      await other.commit();
      one.close();
      other.close();
      sameBytes(await bytesOf(blobs, digest), bytes);
      assert.deepEqual(await listed(blobs), [{ digest, size: 1000 }]);
    });

    it('a writer that gives up does not disturb the other', async ({ blobs }) => {
      const { bytes, digest } = content(1000);
      const [one, other] = [await blobs.stage(digest), await blobs.stage(digest)];
      await one.append([bytes]);
      await other.append([bytes.subarray(0, 500)]);
      await one.commit();
      await other.discard();
      other.close();
      one.close();
      sameBytes(await bytesOf(blobs, digest), bytes);
    });

    it(`readers see all of a blob or none of it while ${WRITERS} write it`, async ({ blobs }) => {
      const whole = content(300 * KIB);
      const writing = Promise.all(Array.from({ length: WRITERS }, () => write(blobs, whole)));
      await repeatUntil(writing, async () => {
        const seen = await bytesOf(blobs, whole.digest);
        if (seen !== undefined) sameBytes(seen, whole.bytes);
      });
      sameBytes(await bytesOf(blobs, whole.digest), whole.bytes);
      assert.deepEqual(await listed(blobs), [{ digest: whole.digest, size: whole.bytes.length }]);
    });

    it('one of many that delete a blob has deleted it', async ({ blobs }) => {
      const whole = content(1000);
      await write(blobs, whole);
      const deleted = await Promise.all(
        Array.from({ length: WRITERS }, () => blobs.delete(whole.digest)),
      );
      assert.equal(deleted.filter(Boolean).length, 1);
    });

    it('writers succeed while the blob is deleted again and again', async ({ blobs }) => {
      const whole = content(1000);
      for (let round = 0; round < 10; round++) {
        const deleting = Array.from({ length: 3 }, () => blobs.delete(whole.digest));
        await Promise.all([write(blobs, whole), write(blobs, whole), ...deleting]);
      }
      const seen = await bytesOf(blobs, whole.digest);
      if (seen !== undefined) sameBytes(seen, whole.bytes);
    });
  });
}

async function write(blobs: BlobStore, { bytes, digest }: Content): Promise<void> {
  const staged = await blobs.stage(digest);
  for (const piece of piecesOf(bytes, 64 * KIB)) await staged.append([piece]);
  await staged.commit();
  staged.close();
}
