import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import {
  bytesOf,
  content,
  MIB,
  readBack,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { rejects } from '../../../support/suite.ts';
import { s3Suite } from './s3-suite.ts';

const BLOB = content(2 * MIB);
const HALF = MIB;

s3Suite(
  'S3: the local staging',
  (it, bed) => {
    it('keeps what has come of a blob for the next start', async () => {
      const { storage, another } = bed();
      const staged = await storage.blobs.stage(BLOB.digest);
      await staged.append([BLOB.bytes.subarray(0, HALF)]);
      await storage.close();
      staged.close();
      const next = another();
      await next.start();
      const resumed = await next.blobs.stage(BLOB.digest);
      assert.is(resumed.length, HALF);
      await resumed.append([BLOB.bytes.subarray(HALF)]);
      await resumed.commit();
      resumed.close();
      sameBytes(await bytesOf(next.blobs, BLOB.digest), BLOB.bytes);
    });

    it('takes no more than its size, but has room again for what is gone', async () => {
      const { storage } = bed();
      const [one, other] = [content(3 * MIB, 1), content(2 * MIB, 2)];
      const first = await storage.blobs.stage(one.digest);
      await first.append([one.bytes]);
      const second = await storage.blobs.stage(other.digest);
      await second.append([other.bytes.subarray(0, HALF)]);
      const error = await rejects(second.append([other.bytes.subarray(HALF)]), StorageFailed);
      assert.is(error.message, 'the local staging is full (4 MiB): raise storage.s3.stagingsize');
      sameBytes(await readBack(second), other.bytes.subarray(0, HALF));
      await rejects(second.append([Buffer.from('x')]), StorageFailed);
      await rejects(second.commit(), StorageFailed);
      await second.suspend();
      second.close();
      await first.commit();
      // Its readers may still read it there.
      const third = await storage.blobs.stage(other.digest);
      assert.is(third.length, 0, 'what cannot be gone on with is not kept');
      await rejects(third.append([other.bytes]), StorageFailed);
      third.close();
      first.close();
      await storage.records.get('anything'); // what was closed is closed by then
      await store(storage.blobs, other);
      sameBytes(await bytesOf(storage.blobs, other.digest), other.bytes);
    });

    it('gives up what was left of other blobs where room is wanted, the oldest first', async () => {
      const { storage } = bed();
      for (const seed of [1, 2, 3]) {
        const left = await storage.blobs.stage(content(MIB, seed).digest);
        await left.append([content(MIB, seed).bytes]);
        await left.suspend();
        left.close();
      }
      await store(storage.blobs, content(3 * MIB, 4));
      const lengths = [];
      for (const seed of [1, 2, 3]) {
        const staged = await storage.blobs.stage(content(MIB, seed).digest);
        lengths.push(staged.length);
        await staged.suspend();
        staged.close();
      }
      assert.equal(lengths, [0, 0, MIB]);
    });

    it('has all its room again, whatever became of the blobs', async () => {
      const { storage } = bed();
      for (let times = 0; times < 10; times++) {
        for (const end of ['suspend', 'discard', 'commit'] as const) {
          const one = content(3 * MIB, 5);
          const staged = await storage.blobs.stage(one.digest);
          await staged.append([one.bytes.subarray(staged.length)]);
          await staged[end]();
          staged.close();
        }
      }
    });
  },
  { stagingBytes: 4 * MIB },
);
