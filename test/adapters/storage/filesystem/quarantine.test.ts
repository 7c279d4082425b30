import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { content, sameBytes, store } from '../../../contracts/storage/content.ts';
import { eventually } from '../../../support/eventually.ts';
import { filesystemSuite, systemError } from './storage-fixture.ts';

const BLOB = content(1000);
const NAME = BLOB.digest.replace(':', '-');
const DAY = 24 * 60 * 60 * 1000;

filesystemSuite('filesystem: a blob that is set aside', (it, fixture) => {
  it('lies in the quarantine as it was found, and leaves no folder', async () => {
    const { storage, blobPath, root } = fixture();
    await store(storage.blobs, BLOB);
    await truncate(blobPath(BLOB.digest), 700);
    const before = Date.now();
    assert.is(await storage.blobs.setAside(BLOB.digest), true);
    const [name = '', ...others] = await readdir(join(root, 'kagami/quarantine'));
    assert.equal(others, []);
    assert.is(name.slice(0, NAME.length + 1), `${NAME}.`);
    const time = Number(name.slice(NAME.length + 1));
    assert.ok(time >= before && time <= Date.now());
    sameBytes(await readFile(join(root, 'kagami/quarantine', name)), BLOB.bytes.subarray(0, 700));
    assert.equal(await readdir(dirname(dirname(blobPath(BLOB.digest)))), []);
  });

  it('was one, not an empty file or a folder at its place', async () => {
    const { storage, blobPath } = fixture();
    await mkdir(dirname(blobPath(BLOB.digest)), { recursive: true });
    await writeFile(blobPath(BLOB.digest), '');
    assert.is(await storage.blobs.setAside(BLOB.digest), false);
    await mkdir(blobPath(content(2).digest), { recursive: true });
    assert.is(await storage.blobs.setAside(content(2).digest), false);
  });

  it('is set aside by one of many', async () => {
    const { storage, root } = fixture();
    await store(storage.blobs, BLOB);
    const all = Array.from({ length: 8 }, () => storage.blobs.setAside(BLOB.digest));
    assert.is((await Promise.all(all)).filter(Boolean).length, 1);
    assert.is((await readdir(join(root, 'kagami/quarantine'))).length, 1);
  });

  it('is out of sight even if it cannot be kept', async () => {
    const { storage, another, root } = fixture();
    await store(storage.blobs, BLOB);
    const full = another({ rename: () => Promise.reject(systemError('ENOSPC')) });
    assert.is(await full.blobs.setAside(BLOB.digest), true);
    assert.is(await storage.blobs.stat(BLOB.digest), undefined);
    assert.equal(await filesIn(join(root, 'kagami/quarantine')), []);
  });

  it('is kept as one of the latest 16', async () => {
    const { storage, root } = fixture();
    const old = await quarantined(root, 20, DAY);
    await store(storage.blobs, BLOB);
    await storage.blobs.setAside(BLOB.digest);
    const kept = await filesIn(join(root, 'kagami/quarantine'));
    assert.is(kept.length, 16);
    assert.equal(
      kept.filter((name) => !name.startsWith(NAME)),
      old.slice(-15),
    );
  });

  it('is kept for a week', async () => {
    const { another, root } = fixture();
    await quarantined(root, 3, 8 * DAY);
    const young = await quarantined(root, 3, 6 * DAY);
    const next = another();
    await next.start();
    await eventually(async () => (await filesIn(join(root, 'kagami/quarantine'))).length === 3);
    assert.equal(await filesIn(join(root, 'kagami/quarantine')), young);
  });
});

async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.sort();
}

/** Blobs that were set aside that long ago, the oldest first. */
async function quarantined(root: string, count: number, ago: number): Promise<string[]> {
  await mkdir(join(root, 'kagami/quarantine'), { recursive: true });
  const then = Date.now() - ago;
  const names = Array.from({ length: count }, (_, at) => `sha256-${'0'.repeat(64)}.${then + at}`);
  for (const name of names) await writeFile(join(root, 'kagami/quarantine', name), 'damaged');
  return names;
}
