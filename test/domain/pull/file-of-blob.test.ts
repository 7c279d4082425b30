import * as assert from 'uvu/assert';
import { digestOf } from '../../../src/domain/digest.ts';
import { parseManifest } from '../../../src/domain/manifest.ts';
import type { BlobFile, BlobStore } from '../../../src/domain/ports/blob-store.ts';
import { keep, pull, pushBlob } from '../../support/blob-pulls.ts';
import { digestNamed, someBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { ALPINE, BUSYBOX, type PullParts, pullParts, world } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

/** The storage keeps each blob in a file. */
function withFiles(options: Parameters<typeof pullParts>[0] = {}): PullParts {
  const same = world();
  const { blobs }: { blobs: BlobStore } = same.storage;
  blobs.fileOf = async (digest): Promise<BlobFile | undefined> => {
    const size = await blobs.stat(digest);
    return size === undefined ? undefined : { path: `/store/${digest}`, key: digest, size };
  };
  return pullParts(options, same);
}

async function pulled(parts: PullParts): Promise<ReturnType<typeof pushBlob>> {
  const blob = pushBlob(parts, 100);
  await pull(parts, blob.digest);
  await parts.background.idle();
  return blob;
}

testSuite('the file of a blob', (it) => {
  it('is told once the blob is stored', async () => {
    const parts = withFiles();
    const { digest } = pushBlob(parts, 100);
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
    await pull(parts, digest);
    await parts.background.idle();
    const file = { path: `/store/${digest}`, key: digest, size: 100 };
    assert.equal(await parts.pullBlob.fileOf(ALPINE, digest), file);
  });

  it('is not told while the blob is still being stored', async () => {
    const parts = withFiles();
    const { digest } = pushBlob(parts, 100);
    const gate = new Gate();
    parts.storage.gates.set('commit', () => gate.passed);
    await pull(parts, digest);
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
    gate.open();
    await parts.background.idle();
  });

  it('is not told to a repository that may not have the blob', async () => {
    const parts = withFiles();
    const { digest } = await pulled(parts);
    assert.is(await parts.pullBlob.fileOf(BUSYBOX, digest), undefined);
  });

  it('is not told if it does not have the size that a manifest lists', async () => {
    const parts = withFiles();
    const digest = digestOf('sha256', 'a'.repeat(64));
    await keep(parts, digest, someBytes(50));
    const layers = [{ mediaType: 'application/x.layer', digest, size: 100 }];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
    parts.shelf.remember(ALPINE, parseManifest(digestNamed('manifest'), bytes));
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
    assert.equal(parts.events.types, [], 'opening it finds out what is wrong');
  });

  it('is not told where what is read is to be compared with its digest', async () => {
    const parts = withFiles({ verification: 'onread' });
    const { digest } = await pulled(parts);
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
  });

  it('is not told where the storage fails, nor by one that has no files', async () => {
    const parts = withFiles();
    const { digest } = await pulled(parts);
    parts.storage.broken.add('stat');
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
    assert.is(parts.events.of('unreadable').length, 1);
    const others = pullParts();
    assert.is(await others.pullBlob.fileOf(ALPINE, (await pulled(others)).digest), undefined);
  });

  it('is looked for once for all who ask meanwhile, and again after that', async () => {
    const parts = withFiles();
    const { digest } = await pulled(parts);
    let looks = 0;
    const gate = new Gate();
    parts.storage.gates.set('stat', () => {
      looks++;
      return gate.passed;
    });
    const asking = Array.from({ length: 10 }, () => parts.pullBlob.fileOf(ALPINE, digest));
    gate.open();
    for (const file of await Promise.all(asking)) assert.is(file?.size, 100);
    assert.is(looks, 1);
    await parts.storage.blobs.delete(digest);
    assert.is(await parts.pullBlob.fileOf(ALPINE, digest), undefined);
    assert.is(looks, 2);
  });

  it('is told without opening it', async () => {
    const parts = withFiles();
    const { digest } = await pulled(parts);
    parts.storage.broken.add('open');
    assert.ok(await parts.pullBlob.fileOf(ALPINE, digest));
  });
});
