import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { StorageFailed } from '../../../domain/errors.ts';
import { BLOBS, REPOSITORIES } from '../../../domain/registry-layout.ts';
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
    await Promise.all([BLOBS, REPOSITORIES].map((key) => canWriteBelow(root.pathOf(key))));
  } catch (cause) {
    const errno = errnoOf(cause) ?? 'unknown';
    const [trouble, remedy] = REMEDIES[errno] ?? ['cannot be used', 'repair it'];
    const what = `The storage directory ${root.path} ${trouble} (${errno})`;
    const who = ['EACCES', 'EPERM'].includes(errno) ? await ownerOf(root.path) : '';
    const message = `${what}: ${remedy}${who}, or name another with ${setting}`;
    throw new StorageFailed(message, { detail: { errno }, cause });
  }
}

/** A registry that ran as root has left folders that stay root's when the one above is given away. */
async function canWriteBelow(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** How to give the directory away, or to run as its owner, where that is somebody else. */
async function ownerOf(directory: string): Promise<string> {
  const [user, group] = [process.geteuid?.(), process.getegid?.()];
  const owner = await stat(directory).then(
    ({ uid }) => uid,
    () => undefined,
  );
  if (user === undefined || owner === undefined) return '';
  const give = ` (chown -R ${user}:${group} ${directory})`;
  return owner === user ? give : `${give}, run Kagami as user ${owner}, who owns it`;
}
