import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Disk } from '../../../../src/adapters/storage/filesystem/disk.ts';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { bytesOf, content, listed, sameBytes, store } from '../../../contracts/storage/content.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite, systemError } from './storage-fixture.ts';

const BLOB = content(1000);

/** Each call that a commit needs, failing. */
const FAILURES: [name: string, disk: Partial<Disk>, message: string][] = [
  [
    'the bytes cannot be written',
    { syncFile: (_fd, done) => done(systemError('ENOSPC')) },
    'the blob could not be stored: no space left on the disk (ENOSPC)',
  ],
  [
    'its folder cannot be made',
    { mkdir: () => Promise.reject(systemError('EACCES')) },
    'the blob could not be stored: permission denied (EACCES)',
  ],
  [
    'it cannot be moved',
    { rename: () => Promise.reject(systemError('EIO')) },
    'the blob could not be stored: the disk reports an error (EIO)',
  ],
  [
    'its name may not last',
    {
      syncFolder: (path) =>
        path.includes(BLOB.digest.slice(7))
          ? Promise.reject(systemError('EIO'))
          : Promise.resolve(),
    },
    'the blob could not be stored: the disk reports an error (EIO)',
  ],
];

filesystemSuite('filesystem: a disk that fails', (it, fixture) => {
  for (const [name, disk, message] of FAILURES) {
    it(`a commit leaves nothing if ${name}`, async () => {
      const { another, staged } = fixture();
      const { blobs } = another(disk);
      const failing = await blobs.stage(BLOB.digest);
      await failing.append([BLOB.bytes]);
      const error = await rejects(failing.commit(), StorageFailed);
      assert.is(error.message, message);
      assert.equal(Object.keys(error.detail as object), ['errno']);
      assert.ok(error.cause instanceof Error);
      assert.is(await blobs.stat(BLOB.digest), undefined);
      assert.equal(await listed(blobs), []);
      const read = await failing.readAt(0, () => new Uint8Array(1000));
      sameBytes(read, BLOB.bytes);
      await failing.discard();
      failing.close();
      assert.equal(await staged(), []);
    });
  }

  it('a put leaves the old value if the new one cannot be written', async () => {
    const { storage, another, staged } = fixture();
    await storage.records.put('kagami/a', Buffer.from('old'));
    const full = another({ syncFile: (_fd, done) => done(systemError('ENOSPC')) });
    const error = await rejects(full.records.put('kagami/a', Buffer.from('new')), StorageFailed);
    assert.is(error.message, 'the record could not be written: no space left on the disk (ENOSPC)');
    await rejects(full.records.putIfAbsent('kagami/b', Buffer.from('new')), StorageFailed);
    assert.is(String(Buffer.from((await storage.records.get('kagami/a')) ?? [])), 'old');
    assert.is(await storage.records.get('kagami/b'), undefined);
    assert.equal(await staged(), []);
  });

  it('everything goes on after the staging folder was removed by hand', async () => {
    const { storage, root } = fixture();
    await rm(join(root, 'kagami'), { recursive: true });
    await store(storage.blobs, BLOB);
    await rm(join(root, 'kagami'), { recursive: true });
    await storage.records.put('docker/a', BLOB.bytes);
    sameBytes(await bytesOf(storage.blobs, BLOB.digest), BLOB.bytes);
    sameBytes(await storage.records.get('docker/a'), BLOB.bytes);
  });

  it('a commit fails if the staged file was removed by hand', async () => {
    const { storage, root } = fixture();
    const staged = await storage.blobs.stage(BLOB.digest);
    await staged.append([BLOB.bytes]);
    await rm(join(root, 'kagami'), { recursive: true });
    await mkdir(join(root, 'kagami'));
    await rejects(staged.commit(), StorageFailed);
    assert.is(await storage.blobs.stat(BLOB.digest), undefined);
    staged.close();
  });
});
