import { dirname } from 'node:path';
import * as assert from 'uvu/assert';
import { type Disk, SYSTEM_DISK } from '../../../../src/adapters/storage/filesystem/disk.ts';
import { contentOf, store } from '../../../contracts/storage/content.ts';
import { filesystemSuite } from './storage-fixture.ts';

const HELLO = contentOf(Buffer.from('hello'));
const BLOB = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const SHARD = 'docker/registry/v2/blobs/sha256/2c';

/** The folders above a blob, in the order in which they must be made and last. */
function madeAndSynced(path: string): string[] {
  const parent = dirname(path);
  const self = [`mkdir ${path}`, `sync ${parent}`];
  return parent === '.' ? self : [...madeAndSynced(parent), ...self];
}

filesystemSuite('filesystem: what must survive a power cut', (it, fixture) => {
  it('a blob: its bytes, its folders, its name, each before the next', async () => {
    const { another, root } = fixture();
    const { calls, disk } = recorded(root);
    await store(another(disk).blobs, HELLO);
    assert.equal(calls, [
      'sync file',
      ...madeAndSynced(`${SHARD}/${BLOB}`),
      `rename STAGED ${SHARD}/${BLOB}/data`,
      `sync ${SHARD}/${BLOB}`,
    ]);
  });

  it('a blob that another process has stored a moment ago: its name', async () => {
    const { another, root, storage } = fixture();
    await store(storage.blobs, HELLO);
    const { calls, disk } = recorded(root);
    await store(another(disk).blobs, HELLO);
    assert.equal(calls, ['sync file', 'unlink STAGED', `sync ${SHARD}/${BLOB}`]);
  });

  it('a record: its bytes, its folders, its name', async () => {
    const { another, root } = fixture();
    const { calls, disk } = recorded(root);
    const { records } = another(disk);
    await records.put('kagami/a/b', HELLO.bytes);
    assert.equal(calls, [
      'sync file',
      'mkdir kagami/a',
      'sync kagami',
      'rename STAGED kagami/a/b',
      'sync kagami/a',
    ]);
    calls.length = 0;
    await records.put('kagami/a/b', HELLO.bytes);
    assert.equal(calls, ['sync file', 'rename STAGED kagami/a/b', 'sync kagami/a']);
  });

  it('a record that was absent: its bytes, its name', async () => {
    const { another, root } = fixture();
    const { calls, disk } = recorded(root);
    await another(disk).records.putIfAbsent('kagami/a', HELLO.bytes);
    assert.equal(calls, ['sync file', 'link STAGED kagami/a', 'sync kagami', 'unlink STAGED']);
  });
});

/** The calls that succeeded, with paths relative to `root`. */
function recorded(root: string): { calls: string[]; disk: Partial<Disk> } {
  const calls: string[] = [];
  const named = (path: string): string =>
    path.includes('/kagami/staging/') ? 'STAGED' : path.slice(root.length + 1) || '.';
  const after = async (work: Promise<void>, name: string, ...paths: string[]): Promise<void> => {
    await work;
    calls.push([name, ...paths.map(named)].join(' '));
  };
  const disk: Partial<Disk> = {
    mkdir: (path) => after(SYSTEM_DISK.mkdir(path), 'mkdir', path),
    rename: (from, to) => after(SYSTEM_DISK.rename(from, to), 'rename', from, to),
    link: (from, to) => after(SYSTEM_DISK.link(from, to), 'link', from, to),
    unlink: (path) => after(SYSTEM_DISK.unlink(path), 'unlink', path),
    syncFolder: (path) => after(SYSTEM_DISK.syncFolder(path), 'sync', path),
    syncFile(fd, done) {
      SYSTEM_DISK.syncFile(fd, (error) => {
        if (!error) calls.push('sync file');
        done(error);
      });
    },
  };
  return { calls, disk };
}
