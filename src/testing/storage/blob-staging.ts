import * as assert from 'node:assert/strict';
import { StorageFailed } from '../../domain/errors.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
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
import { PLAYS, play } from './staging-model.ts';

export function blobStagingContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `a staged blob`, test, create }, (it) => {
    it('is not visible before it is committed', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      assert.equal(await blobs.stat(digest), undefined);
      assert.equal(await blobs.open(digest), undefined);
      assert.equal(await blobs.delete(digest), false);
      assert.deepEqual(await listed(blobs), []);
      staged.close();
    });

    it('is visible whole once it is committed', async ({ blobs }) => {
      const { bytes, digest } = content(100 * KIB);
      const staged = await blobs.stage(digest);
      for (const piece of piecesOf(bytes, 7000)) await staged.append([piece]);
      await staged.commit();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('takes many pieces at once, and empty ones', async ({ blobs }) => {
      const { bytes, digest } = content(20_000);
      const staged = await blobs.stage(digest);
      await staged.append([]);
      await staged.append([new Uint8Array(0)]);
      assert.equal(staged.length, 0);
      const pieces = piecesOf(bytes, 5);
      await staged.append([...pieces.slice(0, 2000), new Uint8Array(0), ...pieces.slice(2000)]);
      assert.equal(staged.length, bytes.length);
      await staged.commit();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('may be empty', async ({ blobs }) => {
      const empty = contentOf(Buffer.alloc(0));
      const staged = await blobs.stage(empty.digest);
      assert.equal(staged.length, 0);
      await staged.commit();
      staged.close();
      assert.equal(await blobs.stat(empty.digest), 0);
      sameBytes(await bytesOf(blobs, empty.digest), empty.bytes);
    });

    it('may be large', async ({ blobs }) => {
      const large = content(5 * MIB + 3);
      await store(blobs, large);
      assert.equal(await blobs.stat(large.digest), large.bytes.length);
      sameBytes(await bytesOf(blobs, large.digest), large.bytes);
    });

    it('may have a sha512 digest', async ({ blobs }) => {
      const { bytes, digest } = contentOf(content(1000).bytes, 'sha512');
      await store(blobs, { bytes, digest });
      sameBytes(await bytesOf(blobs, digest), bytes);
      assert.deepEqual(await listed(blobs), [{ digest, size: 1000 }]);
    });

    it('gives back while more is appended', async ({ blobs }) => {
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

    it('gives each of many readers what it asks for', async ({ blobs }) => {
      const { bytes, digest } = content(200 * KIB);
      const staged = await blobs.stage(digest);
      await staged.append(piecesOf(bytes, 33_000));
      const positions = Array.from({ length: 20 }, (_, at) => at * 10_000);
      await Promise.all(
        positions.map(async (at) => sameBytes(await readBack(staged, at), bytes.subarray(at))),
      );
      staged.close();
    });

    it('gives back after it is committed', async ({ blobs }) => {
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

    it('gives back, but is never visible, after it is discarded', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.discard();
      await staged.discard();
      assert.equal(await blobs.stat(digest), undefined);
      sameBytes(await readBack(staged), bytes);
      await rejects(staged.commit(), StorageFailed);
      assert.equal(await blobs.stat(digest), undefined);
      staged.close();
    });

    it('is not removed by a discard after the commit', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      await staged.discard();
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('takes nothing more after the commit', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      await rejects(staged.append([bytes]), StorageFailed);
      sameBytes(await bytesOf(blobs, digest), bytes);
      staged.close();
    });

    it('is gone when it is closed without a commit', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      staged.close();
      staged.close();
      assert.equal(await blobs.stat(digest), undefined);
      assert.deepEqual(await listed(blobs), []);
    });

    it('stays visible when it is closed, twice, after the commit', async ({ blobs }) => {
      const { bytes, digest } = content(100);
      const staged = await blobs.stage(digest);
      await staged.append([bytes]);
      await staged.commit();
      staged.close();
      staged.close();
      sameBytes(await bytesOf(blobs, digest), bytes);
    });

    it('gives back whatever was appended, in any order of appending, reading and suspending', async ({
      blobs,
    }) => {
      for (let seed = 1; seed <= PLAYS; seed++) await play(blobs, seed);
    });
  });
}
