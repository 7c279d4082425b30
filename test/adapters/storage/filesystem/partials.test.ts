import { lstat, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { SYSTEM_DISK } from '../../../../src/adapters/storage/filesystem/disk.ts';
import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { RootFolder } from '../../../../src/adapters/storage/filesystem/root-folder.ts';
import { StagingArea } from '../../../../src/adapters/storage/filesystem/staging/staging-area.ts';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import type { BlobStore } from '../../../../src/domain/ports/blob-store.ts';
import { bytesOf, content, KIB, readBack, sameBytes } from '../../../contracts/storage/content.ts';
import { eventually } from '../../../support/eventually.ts';
import { Program } from '../../../support/program.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite, systemError } from './storage-fixture.ts';

const BLOB = content(100 * KIB);
const HALF = 50 * KIB;
const MINUTE = 60 * 1000;
const WRITER = fileURLToPath(new URL('partial-writer.ts', import.meta.url));

filesystemSuite('filesystem: partials', (it, fixture) => {
  it('that of a killed process is gone on with by the next start', async () => {
    const { root, another } = fixture();
    const writer = await partialWriter(root, HALF);
    await kill(writer);
    const { blobs } = await started(another());
    const staged = await blobs.stage(BLOB.digest);
    sameBytes(await readBack(staged), BLOB.bytes.subarray(0, HALF));
    await staged.append([BLOB.bytes.subarray(HALF)]);
    await staged.commit();
    staged.close();
    sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
  });

  it('that of a live process is left alone until it dies', async () => {
    const { root, another, staged } = fixture();
    const writer = await partialWriter(root, HALF);
    const [theirs] = await staged();
    const { blobs } = await started(another());
    assert.is(await takenLength(blobs), 0);
    assert.equal(await staged(), [theirs]);
    await kill(writer);
    assert.is(await takenLength(blobs), HALF);
    assert.equal(await staged(), []);
  });

  it('that of a live storage in the same process is left alone', async () => {
    const { storage, another } = fixture();
    const ours = await storage.blobs.stage(BLOB.digest);
    await ours.append([BLOB.bytes]);
    const { blobs } = await started(another());
    assert.is(await takenLength(blobs), 0);
    await ours.commit();
    ours.close();
    sameBytes(await bytesOf(blobs, BLOB.digest), BLOB.bytes);
  });

  it('is gone on with after an orderly end', async () => {
    const { another } = fixture();
    const first = await started(another());
    const staged = await first.blobs.stage(BLOB.digest);
    await staged.append([BLOB.bytes.subarray(0, HALF)]);
    await first.close();
    await rejects(staged.append([BLOB.bytes.subarray(HALF)]), StorageFailed);
    const second = await started(another());
    assert.is(await takenLength(second.blobs), HALF);
  });

  it('that is suspended while others run is gone on with by any of them', async () => {
    const { storage, another } = fixture();
    const { blobs } = await started(another());
    await suspend(storage.blobs, HALF);
    assert.is(await takenLength(blobs), HALF);
  });

  it('that is suspended goes to one of 8 storages', async () => {
    const { storage, another } = fixture();
    await suspend(storage.blobs, HALF);
    const storages = await Promise.all(Array.from({ length: 8 }, () => started(another())));
    const staged = await Promise.all(storages.map(({ blobs }) => blobs.stage(BLOB.digest)));
    assert.is(staged.filter(({ length }) => length === HALF).length, 1);
    assert.is(staged.filter(({ length }) => length === 0).length, 7);
  });

  it('of another machine is taken when it has been silent for 10 minutes', async () => {
    const { root, another } = fixture();
    const theirs = await foreignPartial(root, 1000);
    const { blobs } = await started(another());
    await silentFor(theirs, 9 * MINUTE);
    assert.is(await takenLength(blobs), 0);
    await silentFor(theirs, 11 * MINUTE);
    assert.is(await takenLength(blobs), 1000);
  });

  it('does not look abandoned right after it was taken', async () => {
    const { root, another, staged } = fixture();
    await silentFor(await foreignPartial(root, 1000), 11 * MINUTE);
    const { blobs } = await started(another());
    const taken = await blobs.stage(BLOB.digest);
    const [name = ''] = await staged();
    assert.ok((await ageOf(join(root, 'kagami/staging', name))) < MINUTE);
    taken.close();
  });

  it('shows that it is not abandoned, even if nothing comes for it', async () => {
    const { root } = fixture();
    const area = new StagingArea(new RootFolder(root), SYSTEM_DISK);
    const quiet = await area.stage(BLOB.digest);
    await quiet.append([BLOB.bytes]);
    const [name = ''] = await readdir(join(root, 'kagami/staging'));
    await area.giveSigns();
    await silentFor(join(root, 'kagami/staging', name), 9 * MINUTE);
    await area.giveSigns();
    assert.ok((await ageOf(join(root, 'kagami/staging', name))) < MINUTE);
    await quiet.discard();
    await area.giveSigns();
    await area.close();
  });

  it('is the largest, if several are left', async () => {
    const { root, another } = fixture();
    for (const [at, size] of [10, 3000, 200].entries()) {
      await silentFor(await foreignPartial(root, size, at), 11 * MINUTE);
    }
    const { blobs } = await started(another());
    assert.is(await takenLength(blobs), 3000);
    assert.is(await takenLength(blobs), 200);
    assert.is(await takenLength(blobs), 10);
    assert.is(await takenLength(blobs), 0);
  });

  it('is left to the next if it cannot be opened', async () => {
    const { storage, another } = fixture();
    await suspend(storage.blobs, HALF);
    const faults = new Set(['EMFILE']);
    const { blobs } = await started(
      another({
        open: (path, flags, done) => {
          if (faults.has('EMFILE') && path.includes(BLOB.digest.slice(7))) {
            done(systemError('EMFILE'));
          } else {
            SYSTEM_DISK.open(path, flags, done);
          }
        },
      }),
    );
    await rejects(blobs.stage(BLOB.digest), StorageFailed);
    faults.clear();
    assert.is(await takenLength(blobs), HALF);
  });

  it('is not what only looks like one', async () => {
    const { root, another } = fixture();
    await mkdir(partialPath(root, 1));
    await silentFor(partialPath(root, 1), 11 * MINUTE);
    const { blobs } = await started(another());
    assert.is(await takenLength(blobs), 0);
  });

  it('works where the path is too long for a socket', async () => {
    const rootDirectory = join(fixture().root, 'long'.repeat(30));
    const writer = await partialWriter(rootDirectory, HALF);
    const storage = await started(new FilesystemStorage({ rootDirectory }));
    assert.is(await takenLength(storage.blobs), 0);
    await kill(writer);
    if (process.platform === 'linux') assert.is(await takenLength(storage.blobs), HALF);
    await storage.close();
  });

  it('leaves no sign of the dead once none of theirs is left', async () => {
    const { root, another } = fixture();
    await kill(await partialWriter(root, HALF));
    const first = await started(another());
    assert.is(await takenLength(first.blobs), HALF);
    await first.close();
    await started(another());
    // Those of the second storage and the fixture's.
    await eventually(async () => (await readdir(join(root, 'kagami/owners'))).length === 2);
  });
});

async function partialWriter(root: string, length: number): Promise<Program> {
  const args = ['--import', 'tsx', WRITER, root, String(BLOB.bytes.length), String(length)];
  const writer = new Program(process.execPath, args);
  await writer.until('it had written', ({ stdout }) => stdout.includes('written') || undefined);
  return writer;
}

async function kill(writer: Program): Promise<void> {
  writer.kill();
  assert.is((await writer.ended).signal, 'SIGKILL');
}

async function started(storage: FilesystemStorage): Promise<FilesystemStorage> {
  await storage.start();
  return storage;
}

async function suspend(blobs: BlobStore, length: number): Promise<void> {
  const staged = await blobs.stage(BLOB.digest);
  await staged.append([BLOB.bytes.subarray(0, length)]);
  await staged.suspend();
  staged.close();
}

/** How much of the blob there is to go on with; it is gone afterwards. */
async function takenLength(blobs: BlobStore): Promise<number> {
  const staged = await blobs.stage(BLOB.digest);
  await staged.discard();
  staged.close();
  return staged.length;
}

function partialPath(root: string, number: number): string {
  return join(root, 'kagami/staging', `${BLOB.digest.replace(':', '-')}.0123abcd-4567.${number}`);
}

/** A file as a storage on another machine makes it. */
async function foreignPartial(root: string, size: number, number = 0): Promise<string> {
  const path = partialPath(root, number);
  await writeFile(path, BLOB.bytes.subarray(0, size));
  return path;
}

async function silentFor(path: string, ms: number): Promise<void> {
  const then = new Date(Date.now() - ms);
  await utimes(path, then, then);
}

async function ageOf(path: string): Promise<number> {
  return Date.now() - (await lstat(path)).mtimeMs;
}
