import * as assert from 'uvu/assert';
import { type Disk, SYSTEM_DISK } from '../../../../src/adapters/storage/filesystem/disk.ts';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import {
  bytesOf,
  content,
  KIB,
  listed,
  piecesOf,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite, systemError } from './storage-fixture.ts';

const BLOB = content(700 * KIB);
const NEXT = content(300 * KIB, 2);

const scratch = (): Uint8Array => new Uint8Array(1000);

/** What the system says, what a person reads, and at which calls it may be said. */
const TROUBLES: [code: string, sentence: string, calls: (keyof Disk)[]][] = [
  [
    'ENOSPC',
    'no space left on the disk (ENOSPC)',
    ['open', 'write', 'syncFile', 'mkdir', 'rename', 'syncFolder'],
  ],
  ['EDQUOT', 'the disk quota is used up (EDQUOT)', ['open', 'write', 'syncFile', 'mkdir']],
  ['EROFS', 'the file system is read-only (EROFS)', ['open', 'write', 'mkdir', 'rename']],
  [
    'EIO',
    'the disk reports an error (EIO)',
    ['open', 'write', 'syncFile', 'mkdir', 'rename', 'syncFolder'],
  ],
  [
    'EMFILE',
    'this process has too many files open: raise its limit (ulimit -n) (EMFILE)',
    ['open', 'syncFolder'],
  ],
];

filesystemSuite('filesystem: disk trouble', (it, fixture) => {
  for (const [code, sentence, calls] of TROUBLES) {
    for (const call of calls) {
      it(`${code} at ${call}: nothing is kept, and all goes on when it is over`, async () => {
        const { storage, another, staged } = fixture();
        await store(storage.blobs, NEXT);
        const faulty = new FaultyDisk(call, code);
        const { blobs } = another(faulty.disk);
        const error = await rejects(store(blobs, BLOB), StorageFailed);
        assert.ok(error.message.endsWith(`: ${sentence}`), error.message);
        assert.equal(error.detail, { errno: code });
        assert.is(await blobs.stat(BLOB.digest), undefined);
        assert.equal(await listed(blobs), [{ digest: NEXT.digest, size: NEXT.bytes.length }]);
        faulty.repair();
        await store(blobs, BLOB);
        sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
        await eventually(async () => (await staged()).length === 0);
      });
    }

    it(`${code} when a record is written: the old one stays`, async () => {
      const { another, staged } = fixture();
      const faulty = new FaultyDisk('open', code);
      const { records } = another(faulty.disk);
      faulty.repair();
      await records.put('kagami/a', Buffer.from('old'));
      faulty.fail();
      const error = await rejects(records.put('kagami/a', Buffer.from('new')), StorageFailed);
      assert.is(error.message, `the record could not be written: ${sentence}`);
      faulty.repair();
      sameBytes(await records.get('kagami/a'), Buffer.from('old'));
      await records.put('kagami/a', Buffer.from('new'));
      sameBytes(await records.get('kagami/a'), Buffer.from('new'));
      assert.equal(await staged(), []);
    });
  }

  it('a disk that is full in the middle of a write keeps what came before it', async () => {
    const { another, staged } = fixture();
    const faulty = new FaultyDisk('write', 'ENOSPC');
    const { blobs } = another(faulty.disk);
    const blob = await blobs.stage(BLOB.digest);
    faulty.repair();
    await blob.append([BLOB.bytes.subarray(0, 1000)]);
    faulty.fail({ butTake: 500 });
    await rejects(blob.append(piecesOf(BLOB.bytes.subarray(1000), 300)), StorageFailed);
    faulty.repair();
    assert.is(blob.length, 1000);
    const read = await blob.readAt(0, scratch);
    sameBytes(read, BLOB.bytes.subarray(0, 1000));
    await rejects(blob.append([BLOB.bytes.subarray(1000)]), StorageFailed);
    await rejects(blob.commit(), StorageFailed);
    await blob.suspend();
    assert.equal(await staged(), [], 'what fills a full disk is no help to anybody');
    blob.close();
  });

  for (const code of ['EIO', 'EMFILE']) {
    it(`${code} when a blob is opened: it is not taken for absent`, async () => {
      const { storage, another } = fixture();
      await store(storage.blobs, BLOB);
      const faulty = new FaultyDisk('open', code);
      const { blobs } = another(faulty.disk);
      const error = await rejects(blobs.open(BLOB.digest), StorageFailed);
      assert.match(error.message, /^the blob could not be read: /);
      faulty.repair();
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
    });
  }

  it('EIO when a blob is read: the read fails, and the next one gives the bytes', async () => {
    const { storage, another } = fixture();
    await store(storage.blobs, BLOB);
    const faulty = new FaultyDisk('read', 'EIO');
    const blob = await another(faulty.disk).blobs.open(BLOB.digest);
    assert.ok(blob);
    await rejects(blob.read(scratch), StorageFailed);
    faulty.repair();
    sameBytes(await blob.read(scratch), BLOB.bytes.subarray(0, 1000));
    blob.close();
  });
});

/** A disk on which one call fails until it is repaired. */
class FaultyDisk {
  readonly disk: Partial<Disk>;
  #isBroken = true;
  #takes = 0;

  constructor(call: keyof Disk, code: string) {
    const whole = SYSTEM_DISK[call] as (...args: unknown[]) => unknown;
    const broken = (...args: unknown[]): unknown => {
      if (call === 'write' && this.#takes > 0) return whole(...this.#shortened(args));
      const done = args.at(-1);
      const error = systemError(code);
      return typeof done === 'function' ? done(error) : Promise.reject(error);
    };
    const act = (...args: unknown[]): unknown => (this.#isBroken ? broken : whole)(...args);
    this.disk = { [call]: act };
  }

  repair(): void {
    this.#isBroken = false;
  }

  /** @param butTake how many bytes a write still takes */
  fail({ butTake = 0 } = {}): void {
    this.#isBroken = true;
    this.#takes = butTake;
  }

  /** A write of no more pieces than there is room for. */
  #shortened([fd, pieces, ...rest]: unknown[]): unknown[] {
    const some = (pieces as Uint8Array[])[0]?.subarray(0, this.#takes);
    this.#takes -= some?.length ?? 0;
    return [fd, [some], ...rest];
  }
}
