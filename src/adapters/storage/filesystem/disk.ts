import fs from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from './fs-errors.ts';

const close = promisify(fs.close);
const fsync = promisify(fs.fsync);
const open = promisify(fs.open);

/** The system calls that change names and make changes last; a seam, so that tests see their order. */
export interface Disk {
  mkdir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  syncFile(fd: number, done: (error: Error | null) => void): void;
  /** Makes the names in a folder last. */
  syncFolder(path: string): Promise<void>;
}

export const SYSTEM_DISK: Disk = {
  mkdir: promisify<string, void>((path, done) => fs.mkdir(path, done)),
  rename: promisify(fs.rename),
  link: promisify(fs.link),
  unlink: promisify(fs.unlink),
  rmdir: promisify<string, void>((path, done) => fs.rmdir(path, done)),
  syncFile: fs.fsync,
  syncFolder,
};

/**
 * Not every file system can do it (some network and user-space ones answer EINVAL), and a folder
 * that is gone needs it no more.
 */
const CANNOT_SYNC = ['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'ENOENT'];

async function syncFolder(path: string): Promise<void> {
  let fd: number | undefined;
  try {
    fd = await open(path, 'r');
    await fsync(fd);
  } catch (error) {
    if (!CANNOT_SYNC.includes(errnoOf(error) ?? '')) throw error;
  } finally {
    if (fd !== undefined) await close(fd);
  }
}
