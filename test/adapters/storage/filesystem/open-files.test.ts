import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { RangeNotSatisfiable, StorageFailed } from '../../../../src/domain/errors.ts';
import type { OpenBlob } from '../../../../src/domain/ports/blob-store.ts';
import { bytesOf, content, KIB, sameBytes, store } from '../../../contracts/storage/content.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite } from './storage-fixture.ts';

const BLOB = content(300 * KIB);
const scratch = (): Uint8Array => new Uint8Array(64 * KIB);

filesystemSuite('filesystem: open files', (it, fixture) => {
  it('a blob that is closed while it is read does not disturb those opened after it', async () => {
    const { blobs } = fixture().storage;
    const contents = Array.from({ length: 8 }, (_, seed) => content(100 * KIB, seed));
    for (const each of contents) await store(blobs, each);
    const rounds = Array.from({ length: 25 }, async (_, at) => {
      const each = contents[at % contents.length] ?? BLOB;
      const blob = await blobs.open(each.digest);
      assert.ok(blob);
      const reading = blob.read(scratch);
      blob.close();
      blob.close();
      sameBytes(await bytesOf(blobs, each.digest), each.bytes);
      const read = await reading;
      sameBytes(read, each.bytes.subarray(0, read.length));
    });
    await Promise.all(rounds);
  });

  it('a blob that is closed cannot be read', async () => {
    const { blobs } = fixture().storage;
    await store(blobs, BLOB);
    const blob = (await blobs.open(BLOB.digest)) as OpenBlob;
    blob.close();
    await rejects(blob.read(scratch), StorageFailed);
  });

  it('none stays open', async () => {
    if (process.platform !== 'linux') return;
    const { storage, blobPath, root } = fixture();
    const { blobs, records } = storage;
    for (let round = 0; round < 10; round++) {
      await store(blobs, BLOB);
      await bytesOf(blobs, BLOB.digest);
      await rejects(blobs.open(BLOB.digest, { kind: 'suffix', length: 0 }), RangeNotSatisfiable);
      const abandoned = await blobs.stage(content(1).digest);
      await abandoned.append([BLOB.bytes]);
      const reading = abandoned.readAt(0, scratch);
      abandoned.close();
      await reading;
      await records.put('kagami/a', BLOB.bytes);
      await records.get('kagami/a');
      await records.putIfAbsent('kagami/a', BLOB.bytes);
      await mkdir(blobPath(content(2).digest), { recursive: true });
      assert.is(await blobs.open(content(2).digest), undefined);
    }
    const held = (await blobs.open(BLOB.digest)) as OpenBlob;
    assert.ok(openFilesBelow(root) > 0);
    held.close();
    await eventually(async () => openFilesBelow(root) === 0);
  });
});

/** How many files below a directory this process has open. */
function openFilesBelow(root: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => targetOf(fd).startsWith(root)).length;
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
