import { execFileSync } from 'node:child_process';
import { mkdir, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import {
  bytesOf,
  content,
  KIB,
  listed,
  MIB,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite } from './storage-fixture.ts';

const BLOB = content(1000);
const MAKE_PIPE = 'mkfifo';
const scratch = (): Uint8Array => new Uint8Array(64 * KIB);

/** What may lie at a blob's place and is no blob. */
const NO_BLOBS: [name: string, make: (path: string) => unknown][] = [
  ['an empty file', (path) => writeFile(path, '')],
  ['a folder', (path) => mkdir(path)],
  ['a folder with files', (path) => mkdir(join(path, 'a/b'), { recursive: true })],
  ['a link to nowhere', (path) => symlink('/nowhere/at/all', path)],
  ['a link to itself', (path) => symlink(path, path)],
  ['a named pipe', (path) => execFileSync(MAKE_PIPE, [path])],
];

filesystemSuite('filesystem: what a crash or a hand left behind', (it, fixture) => {
  for (const [name, make] of NO_BLOBS) {
    it(`${name} at a blob's place is no blob, and makes way for one`, async () => {
      const { storage, blobPath, staged } = fixture();
      const { blobs } = storage;
      const path = blobPath(BLOB.digest);
      await mkdir(dirname(path), { recursive: true });
      await make(path);
      assert.is(await blobs.stat(BLOB.digest), undefined);
      assert.is(await blobs.open(BLOB.digest), undefined);
      assert.equal(await listed(blobs), []);
      assert.is(await blobs.delete(BLOB.digest), false);
      await mkdir(dirname(path), { recursive: true });
      if (!name.startsWith('a folder')) await make(path);
      await store(blobs, BLOB);
      sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
      assert.equal(await staged(), []);
    });
  }

  it('a file that is cut short is replaced by the whole blob', async () => {
    const { storage, blobPath } = fixture();
    await store(storage.blobs, BLOB);
    await truncate(blobPath(BLOB.digest), 500);
    await store(storage.blobs, BLOB);
    sameBytes(await bytesOf(storage.blobs, BLOB.digest), BLOB.bytes);
  });

  it('a whole blob is kept when it comes again', async () => {
    const { storage, blobPath } = fixture();
    await store(storage.blobs, BLOB);
    const { ino } = await stat(blobPath(BLOB.digest));
    await store(storage.blobs, BLOB);
    assert.is((await stat(blobPath(BLOB.digest))).ino, ino);
  });

  it('a read fails, and does not end, if the file is cut short meanwhile', async () => {
    const { storage, blobPath } = fixture();
    const large = content(MIB);
    await store(storage.blobs, large);
    const blob = await storage.blobs.open(large.digest);
    assert.ok(blob);
    await blob.read(scratch);
    await truncate(blobPath(large.digest), 100 * KIB);
    assert.is((await blob.read(scratch)).length, 36 * KIB);
    await rejects(blob.read(scratch), StorageFailed);
    blob.close();
  });

  it('a folder at the place of a record is no record', async () => {
    const { records } = fixture().storage;
    await records.put('kagami/folder/record', BLOB.bytes);
    assert.is(await records.get('kagami/folder'), undefined);
    assert.is(await records.delete('kagami/folder'), false);
    assert.is(await records.get('kagami/folder/record/below'), undefined);
    await rejects(records.put('kagami/folder', BLOB.bytes), StorageFailed);
  });

  it('unfinished files of more than a day ago are removed at the start', async () => {
    const { storage, another, root, staged } = fixture();
    const unfinished = await storage.blobs.stage(BLOB.digest);
    await unfinished.append([BLOB.bytes]);
    const old = join(root, `kagami/staging/sha256-${'0'.repeat(64)}.01-23.0.suspended`);
    await writeFile(old, 'half of a layer');
    await mkdir(`${old}-folder/a`, { recursive: true });
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(old, twoDaysAgo, twoDaysAgo);
    await utimes(`${old}-folder`, twoDaysAgo, twoDaysAgo);
    const next = another();
    await next.start();
    await eventually(async () => (await staged()).length === 1);
    await next.close();
    await unfinished.commit();
    unfinished.close();
    sameBytes(await bytesOf(storage.blobs, BLOB.digest), BLOB.bytes);
  });
});
