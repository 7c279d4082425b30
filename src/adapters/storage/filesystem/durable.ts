import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { errnoOf, isAbsence } from './fs-errors.ts';
import { statIfThere } from './present.ts';

/** How often a folder that somebody prunes is made again before it counts as a failure. */
const ATTEMPTS = 10;

/**
 * Moves a file, whose bytes are on the disk already, to its place: readers see all of it or none,
 * and so does the next start after a power cut. Replaces what is there.
 */
export async function moveInto(disk: Disk, from: string, to: string): Promise<void> {
  await inFolderOf(disk, to, () => disk.rename(from, to));
  await disk.syncFolder(dirname(to));
}

/** Gives a file a second name, unless there is one like it: then false. */
export async function linkInto(disk: Disk, from: string, to: string): Promise<boolean> {
  try {
    await inFolderOf(disk, to, () => disk.link(from, to));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // NFS repeats a call whose answer was lost; the count of names tells whose it was (open(2)).
    if ((await statIfThere(from))?.nlink !== 2) return false;
  }
  await disk.syncFolder(dirname(to));
  return true;
}

/**
 * Makes the folder of `path` if there is none, and then acts. Meanwhile somebody else may remove it
 * again, because it was empty; so both are repeated.
 */
export async function inFolderOf<T>(disk: Disk, path: string, act: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt > 0) await makeFolder(disk, dirname(path));
      return await act();
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Makes a folder and those above it that are missing; each lasts before anything is put into it. */
export async function makeFolder(disk: Disk, path: string): Promise<void> {
  try {
    await makeOne(disk, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(disk, dirname(path));
    // Once more and no oftener: /proc says ENOENT for ever, over which Node's own `recursive` hangs.
    await makeOne(disk, path);
  }
}

async function makeOne(disk: Disk, path: string): Promise<void> {
  try {
    await disk.mkdir(path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return;
    throw error;
  }
  await disk.syncFolder(dirname(path));
}

/** Removes a name; false if there was none. */
export async function unlinkIfThere(disk: Disk, path: string): Promise<boolean> {
  try {
    await disk.unlink(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Removes the folders from `path` upwards, up to `top` without it, as long as they are empty. */
export async function pruneFolders(disk: Disk, path: string, top: string): Promise<void> {
  for (let folder = path; folder.startsWith(`${top}/`); folder = dirname(folder)) {
    try {
      await disk.rmdir(folder);
    } catch {
      return;
    }
  }
}
