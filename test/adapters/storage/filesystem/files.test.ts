import { mkdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as assert from 'uvu/assert';
import { content, store } from '../../../contracts/storage/content.ts';
import { sameBytes } from '../../../support/bytes.ts';
import { filesystemSuite } from './storage-fixture.ts';

filesystemSuite('filesystem: the file of a blob', (it, fixture) => {
  it('has its bytes, below the root by its key', async () => {
    const { storage, root, blobPath } = fixture();
    const one = content(10);
    assert.is(await storage.blobs.fileOf?.(one.digest), undefined);
    await store(storage.blobs, one);
    const file = await storage.blobs.fileOf?.(one.digest);
    assert.is(file?.size, 10);
    assert.is(file?.path, blobPath(one.digest));
    assert.is(file?.path, `${root}/${file?.key}`);
    assert.ok(isAbsolute(file?.path ?? ''));
    assert.ok(sameBytes(await readFile(file?.path ?? ''), one.bytes));
  });

  it('is not there once somebody removed it, or cut it to nothing, or put a folder there', async () => {
    const { storage, blobPath } = fixture();
    const one = content(10);
    await store(storage.blobs, one);
    await truncate(blobPath(one.digest), 5);
    assert.is((await storage.blobs.fileOf?.(one.digest))?.size, 5);
    await truncate(blobPath(one.digest), 0);
    assert.is(await storage.blobs.fileOf?.(one.digest), undefined);
    await rm(blobPath(one.digest));
    assert.is(await storage.blobs.fileOf?.(one.digest), undefined);
    await mkdir(blobPath(one.digest));
    assert.is(await storage.blobs.fileOf?.(one.digest), undefined);
  });

  it('can be read by whom the umask lets', async () => {
    const { storage, blobPath } = fixture();
    const before = process.umask(0o027);
    try {
      const one = content(10);
      await store(storage.blobs, one);
      const path = blobPath(one.digest);
      assert.is((await stat(path)).mode & 0o777, 0o640);
      assert.is((await stat(path.slice(0, path.lastIndexOf('/')))).mode & 0o777, 0o750);
    } finally {
      process.umask(before);
    }
  });
});
