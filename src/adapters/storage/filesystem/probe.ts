import { StorageFailed } from '../../../domain/errors.ts';
import type { Disk } from './disk.ts';
import { makeFolder } from './durable.ts';
import { errnoOf } from './fs-errors.ts';
import type { RootFolder } from './root-folder.ts';
import { writeNewFile } from './small-file.ts';

/** What to do about a root that cannot be used, if not name another, by the system's code for it. */
const REMEDIES: Record<string, [trouble: string, remedy: string]> = {
  EACCES: ['cannot be written', 'give it to the user that runs Kagami'],
  EPERM: ['cannot be written', 'give it to the user that runs Kagami'],
  EROFS: ['is on a read-only file system', 'mount it writable'],
  ENOSPC: ['has no space left', 'free some'],
  EDQUOT: ['has used up its disk quota', 'raise it'],
  ENOTDIR: ['is not a directory, or is below a file', 'move that file away'],
  EEXIST: ['is not a directory, or is below a file', 'move that file away'],
};

/**
 * Makes the root and writes a file there, so that trouble shows at the start and not at a pull.
 *
 * @throws StorageFailed with what to do about it
 */
export async function probe(disk: Disk, root: RootFolder, setting: string): Promise<void> {
  try {
    await makeFolder(disk, root.staging);
    const path = root.newStagingPath('probe');
    await writeNewFile(disk, path, Uint8Array.of(1));
    await disk.unlink(path);
  } catch (cause) {
    const errno = errnoOf(cause) ?? 'unknown';
    const [trouble, remedy] = REMEDIES[errno] ?? ['cannot be used', 'repair it'];
    const what = `The storage directory ${root.path} ${trouble} (${errno})`;
    const message = `${what}: ${remedy}, or name another with ${setting}`;
    throw new StorageFailed(message, { detail: { errno }, cause });
  }
}
