import { rm, statfs, utimes } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { content, store } from '../../../contracts/storage/content.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite } from './storage-fixture.ts';

filesystemSuite('filesystem: what there is, and what there is room for', (it, fixture) => {
  it('tells the room of the file system that the directory is on', async () => {
    const { storage, root } = fixture();
    const { bsize, blocks } = await statfs(root);
    assert.is((await storage.capacity())?.totalBytes, bsize * blocks);
  });

  it('cannot tell the room of a directory that is gone', async () => {
    const { storage, root } = fixture();
    await rm(root, { recursive: true });
    await rejects(storage.capacity(), StorageFailed);
  });

  it('knows when a blob was stored, also one that somebody else has put there', async () => {
    const { storage, blobPath } = fixture();
    const one = content(10);
    await store(storage.blobs, one);
    const then = new Date('2024-05-06T07:08:09Z');
    await utimes(blobPath(one.digest), then, then);
    for await (const { storedAtMs } of storage.blobs.list()) assert.is(storedAtMs, then.getTime());
  });
});
