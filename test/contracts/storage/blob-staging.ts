import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { rejects } from '../../support/suite.ts';
import {
  bytesOf,
  content,
  contentOf,
  KIB,
  listed,
  MIB,
  piecesOf,
  readBack,
  sameBytes,
  store,
} from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';
import { play, STEPS } from './staging-model.ts';

export function blobStagingContract(name: string, create: CreateStorage): void {
  engineSuite(`${name}: a staged blob`, create, (it, storage) => {
    it('is not visible before it is committed', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      assert.is(await blobs.stat(digest), undefined);
      assert.is(await blobs.open(digest), undefined);
      assert.is(await blobs.delete(digest), false);
      assert.equal(await listed(blobs), []);
      staged.close();
    });

    it('is visible whole once it is committed', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100 * KIB);
      const staged = await blobs.stage(digest);
      for (const piece of piecesOf(bytes, 7000)) await staged.append([piece]);
      await staged.commit();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('takes many pieces at once, and empty ones', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(20_000);
      const staged = await blobs.stage(digest);
      await staged.append([]);
      await staged.append([new Uint8Array(0)]);
      assert.is(staged.length, 0);
      const pieces = piecesOf(bytes, 5);
      await staged.append([...pieces.slice(0, 2000), new Uint8Array(0), ...pieces.slice(2000)]);
      assert.is(staged.length, bytes.length);
      await staged.commit();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('may be empty', async () => {
      const { blobs } = storage();
      const empty = contentOf(Buffer.alloc(0));
      const staged = await blobs.stage(empty.digest);
      assert.is(staged.length, 0);
      await staged.commit();
      staged.close();
      assert.is(await blobs.stat(empty.digest), 0);
      sameBytes(await bytesOf(blobs, empty.digest), empty.bytes);
    });

    it('may be large', async () => {
      const { blobs } = storage();
      const large = content(5 * MIB + 3);
      await store(blobs, large);
      assert.is(await blobs.stat(large.digest), large.bytes.length);
      sameBytes(await bytesOf(blobs, large.digest), large.bytes);
    });

    it('may have a sha512 digest', async () => {
      const { blobs } = storage();
      const { bytes, digest } = contentOf(content(1000).bytes, 'sha512');
      await store(blobs, { bytes, digest });
      sameBytes(await bytesOf(blobs, digest), bytes);
      assert.equal(await listed(blobs), [{ digest, size: 1000 }]);
    });

    it('gives back while more is appended', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(300 * KIB);
      const staged = await blobs.stage(digest);
      let readTo = 0;
      for (const piece of piecesOf(bytes, 50 * KIB)) {
        const appending = staged.append([piece]);
        const part = await readBack(staged, readTo);
        sameBytes(part, bytes.subarray(readTo, readTo + part.length));
        readTo += part.length;
        await appending;
      }
      sameBytes(await readBack(staged, readTo), bytes.subarray(readTo));
      staged.close();
    });

    it('gives each of many readers what it asks for', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(200 * KIB);
      const staged = await blobs.stage(digest);
      await staged.append(piecesOf(bytes, 33_000));
      const positions = Array.from({ length: 20 }, (_, at) => at * 10_000);
      await Promise.all(
        positions.map(async (at) => sameBytes(await readBack(staged, at), bytes.subarray(at))),
      );
      staged.close();
    });

    it('gives back after it is committed', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(50 * KIB);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      const [before] = await Promise.all([readBack(staged), staged.commit()]);
      sameBytes(before, bytes);
      sameBytes(await readBack(staged), bytes);
      await blobs.delete(digest);
      sameBytes(await readBack(staged, 1000), bytes.subarray(1000));
      staged.close();
    });

    it('gives back, but is never visible, after it is discarded', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.discard();
      await staged.discard();
      assert.is(await blobs.stat(digest), undefined);
      sameBytes(await readBack(staged), bytes);
      await rejects(staged.commit(), StorageFailed);
      assert.is(await blobs.stat(digest), undefined);
      staged.close();
    });

    it('is not removed by a discard after the commit', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      await staged.discard();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('takes nothing more after the commit', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      await rejects(staged.append([bytes]), StorageFailed);
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('is gone when it is closed without a commit', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      staged.close();
      staged.close();
      assert.is(await blobs.stat(digest), undefined);
      assert.equal(await listed(blobs), []);
    });

    it('stays visible when it is closed, twice, after the commit', async () => {
      const { blobs } = storage();
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      staged.close();
      staged.close();
      sameBytes(await bytesOf(blobs, digest), bytes);
    });

    it('gives back whatever was appended, in any order of appending, reading and suspending', async () => {
      const { blobs } = storage();
      await fc.assert(
        fc.asyncProperty(STEPS, (steps) => play(blobs, steps)),
        { numRuns: 40 },
      );
    });
  });
}
