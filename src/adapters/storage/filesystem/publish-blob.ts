import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Digest } from '../../../domain/digest.ts';
import { blobKey } from '../../../domain/registry-layout.ts';
import type { Disk } from './disk.ts';
import { moveInto, unlinkIfThere } from './durable.ts';
import { errnoOf, isAbsence } from './fs-errors.ts';
import { statIfThere } from './present.ts';
import type { RootFolder } from './root-folder.ts';

/** A file whose bytes are on the disk and match the digest. */
export interface WholeFile {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/**
 * Moves a file to its blob's place. What is there already is kept if it has the right size; if not,
 * it cannot be the blob (a crash of the registry, a folder, a broken link) and makes way. Two that
 * come at once have the same bytes, so it does not matter that one replaces the other.
 */
export async function publishBlob(disk: Disk, root: RootFolder, file: WholeFile): Promise<void> {
  const place = root.pathOf(blobKey(file.digest));
  const present = await statIfThere(place);
  if (present?.isFile() && present.size === file.size) {
    await unlinkIfThere(disk, file.path);
    // Whoever put it there may not have come that far yet.
    await disk.syncFolder(dirname(place));
    return;
  }
  if (present?.isDirectory()) await setAside(disk, root, place);
  try {
    await moveInto(disk, file.path, place);
  } catch (error) {
    // It may have been moved, and yet not last: a commit that fails leaves nothing to be seen.
    const moved = errnoOf(error) !== 'ENOENT' && (await statIfThere(file.path)) === undefined;
    if (moved) await disk.unlink(place).catch(() => {});
    throw error;
  }
}

async function setAside(disk: Disk, root: RootFolder, folder: string): Promise<void> {
  const aside = root.newStagingPath('set-aside');
  try {
    await disk.rename(folder, aside);
  } catch (error) {
    // Another writer of the same blob has done it.
    if (!isAbsence(error)) throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
