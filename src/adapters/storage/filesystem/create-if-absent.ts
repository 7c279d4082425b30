import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { linkInto } from './durable.ts';
import { errnoOf } from './fs-errors.ts';
import { writeNewFile } from './small-file.ts';

/** What a file system says that has no hard links: FAT, some network and user-space ones. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Puts a staged file at a place where nothing is; false if there is something. A hard link does it
 * whole and at once. Without them the file is made in place: still only one can make it, but a
 * reader, or a power cut, may find it incomplete.
 */
export async function createIfAbsent(
  disk: Disk,
  staged: string,
  path: string,
  value: Uint8Array,
): Promise<boolean> {
  try {
    return await linkInto(disk, staged, path);
  } catch (error) {
    if (!NO_HARD_LINKS.includes(errnoOf(error) ?? '')) throw error;
  }
  try {
    await writeNewFile(disk, path, value);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  await disk.syncFolder(dirname(path));
  return true;
}
