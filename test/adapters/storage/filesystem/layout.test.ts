import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import {
  layerLinkKey,
  revisionLinkKey,
  tagIndexKey,
  tagLinkKey,
} from '../../../../src/domain/registry-layout.ts';
import { parseRepositoryName } from '../../../../src/domain/repository-name.ts';
import {
  bytesOf,
  contentOf,
  listed,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite } from './storage-fixture.ts';

const HELLO = contentOf(Buffer.from('hello'));
const HEX = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const ALPINE = parseRepositoryName('library/alpine');
const DATA = `docker/registry/v2/blobs/sha256/2c/${HEX}/data`;

filesystemSuite("filesystem: the registry's layout", (it, fixture) => {
  it('has a blob where the registry has it, and nothing else', async () => {
    const { storage, root } = fixture();
    await store(storage.blobs, HELLO);
    assert.equal(await filesBelow(root), [DATA]);
    assert.is(await readFile(join(root, DATA), 'utf8'), 'hello');
  });

  it('has links where the registry has them', async () => {
    const { storage, root } = fixture();
    const reference = parseReference('3.22');
    assert.is(reference.kind, 'tag');
    if (reference.kind !== 'tag') return;
    const { tag } = reference;
    const { digest } = HELLO;
    const link = Buffer.from(digest);
    await storage.records.put(layerLinkKey(ALPINE, digest), link);
    await storage.records.put(revisionLinkKey(ALPINE, digest), link);
    await storage.records.put(tagLinkKey(ALPINE, tag), link);
    await storage.records.put(tagIndexKey(ALPINE, tag, digest), link);
    const folder = 'docker/registry/v2/repositories/library/alpine';
    assert.equal(await filesBelow(root), [
      `${folder}/_layers/sha256/${HEX}/link`,
      `${folder}/_manifests/revisions/sha256/${HEX}/link`,
      `${folder}/_manifests/tags/3.22/current/link`,
      `${folder}/_manifests/tags/3.22/index/sha256/${HEX}/link`,
    ]);
    const path = join(root, folder, '_manifests/tags/3.22/current/link');
    assert.is(await readFile(path, 'utf8'), `sha256:${HEX}`);
  });

  it('reads what the registry has written', async () => {
    const { storage, root } = fixture();
    await write(join(root, DATA), 'hello');
    const link = `docker/registry/v2/repositories/library/alpine/_layers/sha256/${HEX}/link`;
    await write(join(root, link), HELLO.digest);
    sameBytes(await bytesOf(storage.blobs, HELLO.digest), HELLO.bytes);
    const record = await storage.records.get(layerLinkKey(ALPINE, HELLO.digest));
    assert.is(record && Buffer.from(record).toString(), HELLO.digest);
  });

  it('lists blobs only, whatever else lies between them', async () => {
    const { storage, root } = fixture();
    const blobs = join(root, 'docker/registry/v2/blobs');
    await store(storage.blobs, HELLO);
    await write(join(blobs, 'README'), 'x');
    await write(join(blobs, 'sha256/README'), 'x');
    await write(join(blobs, 'md5/ab/abcd/data'), 'x');
    await write(join(blobs, 'sha256/2c/not-hex/data'), 'x');
    await write(join(blobs, 'sha256/ab', HEX, 'data'), 'in the folder of other digests');
    await mkdir(join(blobs, 'sha256/2c', HEX.replace(/4$/, '5')), { recursive: true });
    await mkdir(join(blobs, 'sha256/2c', HEX.replace(/4$/, '6'), 'data'), { recursive: true });
    assert.equal(await listed(storage.blobs), [{ digest: HELLO.digest, size: 5 }]);
  });

  it('leaves no folder of a deleted blob', async () => {
    const { storage, root } = fixture();
    await store(storage.blobs, HELLO);
    await storage.blobs.delete(HELLO.digest);
    assert.equal(await readdir(join(root, dirname(dirname(DATA)))), []);
  });

  for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/..', 'a/../../b', './a', 'a\0b']) {
    it(`refuses the key ${JSON.stringify(key)}`, async () => {
      const { records } = fixture().storage;
      await rejects(records.get(key), StorageFailed);
      await rejects(records.put(key, HELLO.bytes), StorageFailed);
      await rejects(records.putIfAbsent(key, HELLO.bytes), StorageFailed);
      await rejects(records.delete(key), StorageFailed);
      await rejects(records.children(key), StorageFailed);
    });
  }

  it('takes names that only begin or end with dots', async () => {
    const { records } = fixture().storage;
    await records.put('kagami/..a/b../...', HELLO.bytes);
    sameBytes(await records.get('kagami/..a/b../...'), HELLO.bytes);
  });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
