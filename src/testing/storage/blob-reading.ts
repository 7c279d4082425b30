import * as assert from 'node:assert/strict';
import type { DefineTest } from '../define-test.ts';
import { bytesOf, content, contentOf, KIB, MIB, readAll, sameBytes, store } from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

/** The scratch sizes with which a blob of each size is read; a byte at a time takes long. */
const READS: [size: number, scratchSizes: number[]][] = [
  [1, [1, 7, 64 * KIB]],
  [1000, [1, 7, 64 * KIB, MIB]],
  [64 * KIB, [7919, 64 * KIB, MIB]],
  [3 * MIB + 17, [64 * KIB, MIB, 4 * MIB]],
];

export function blobReadingContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `an open blob`, test, create }, (it) => {
    for (const [size, scratchSizes] of READS) {
      it(`of ${size} bytes is the same whatever room its reads have`, async ({ blobs }) => {
        const { bytes, digest } = content(size);
        await store(blobs, { bytes, digest });
        for (const scratchSize of scratchSizes) {
          const blob = await blobs.open(digest);
          assert.ok(blob);
          assert.equal(blob.size, size);
          assert.equal(blob.range, undefined);
          sameBytes(await readAll(blob, scratchSize), bytes);
          blob.close();
        }
      });
    }

    it('gives nothing, again and again, at its end', async ({ blobs }) => {
      const { bytes, digest } = content(10);
      await store(blobs, { bytes, digest });
      const blob = await blobs.open(digest);
      assert.ok(blob);
      await readAll(blob);
      sameBytes(await readAll(blob), Buffer.alloc(0));
      sameBytes(await readAll(blob), Buffer.alloc(0));
      blob.close();
    });

    it('gives nothing if it is empty', async ({ blobs }) => {
      const empty = contentOf(Buffer.alloc(0));
      await store(blobs, empty);
      const blob = await blobs.open(empty.digest);
      assert.ok(blob);
      assert.equal(blob.size, 0);
      sameBytes(await readAll(blob), empty.bytes);
      blob.close();
    });

    it('is undefined if nobody has stored it', async ({ blobs }) => {
      assert.equal(await blobs.open(content(10).digest), undefined);
    });

    it('may be closed twice, and before its end', async ({ blobs }) => {
      const { bytes, digest } = content(100 * KIB);
      await store(blobs, { bytes, digest });
      const blob = await blobs.open(digest);
      assert.ok(blob);
      await blob.read(() => new Uint8Array(10));
      blob.close();
      blob.close();
      sameBytes(await bytesOf(blobs, digest), bytes);
    });

    it('may be closed while it is being read', async ({ blobs }) => {
      const { bytes, digest } = content(100 * KIB);
      await store(blobs, { bytes, digest });
      const blob = await blobs.open(digest);
      assert.ok(blob);
      const reading = blob.read(() => new Uint8Array(1000)).catch(() => undefined);
      blob.close();
      const read = await reading;
      if (read !== undefined) sameBytes(read, bytes.subarray(0, read.length));
      sameBytes(await bytesOf(blobs, digest), bytes);
    });

    it('is read to its end though it is removed meanwhile', async ({ blobs }) => {
      const { bytes, digest } = content(3 * MIB);
      await store(blobs, { bytes, digest });
      const blob = await blobs.open(digest);
      assert.ok(blob);
      const first = Buffer.from(await blob.read(() => new Uint8Array(64 * KIB)));
      assert.equal(await blobs.delete(digest), true);
      assert.equal(await blobs.open(digest), undefined);
      sameBytes(Buffer.concat([first, await readAll(blob)]), bytes);
      blob.close();
    });
  });
}
