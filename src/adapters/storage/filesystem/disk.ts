import fs from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from './fs-errors.ts';

const close = promisify(fs.close);
const fsync = promisify(fs.fsync);
const open = promisify(fs.open);

export type Done<T> = (error: Error | null, result?: T) => void;

/** The system calls that can fail for want of something; a seam, so that tests see and fail them. */
export interface Disk {
  open(path: string, flags: number, done: Done<number>): void;
  read(fd: number, into: Uint8Array, length: number, position: number, done: Done<number>): void;
  write(fd: number, pieces: readonly Uint8Array[], position: number, done: Done<number>): void;
  /** Makes a file's bytes last. */
  syncFile(fd: number, done: Done<void>): void;
  mkdir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** Makes the names in a folder last. */
  syncFolder(path: string): Promise<void>;
}

export const SYSTEM_DISK: Disk = {
  open: fs.open,
  read: (fd, into, length, position, done) => fs.read(fd, into, 0, length, position, done),
  write: fs.writev,
  syncFile: fs.fsync,
  mkdir: promisify<string, void>((path, done) => fs.mkdir(path, done)),
  rename: promisify(fs.rename),
  link: promisify(fs.link),
  unlink: promisify(fs.unlink),
  rmdir: promisify<string, void>((path, done) => fs.rmdir(path, done)),
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

/** The same disk for what need not last. */
export function withoutSyncing(disk: Disk): Disk {
  return {
    open: (path, flags, done) => disk.open(path, flags, done),
    read: (fd, into, length, position, done) => disk.read(fd, into, length, position, done),
    write: (fd, pieces, position, done) => disk.write(fd, pieces, position, done),
    syncFile: (_, done) => done(null),
    mkdir: (path) => disk.mkdir(path),
    rename: (from, to) => disk.rename(from, to),
    link: (existing, path) => disk.link(existing, path),
    unlink: (path) => disk.unlink(path),
    rmdir: (path) => disk.rmdir(path),
    syncFolder: () => Promise.resolve(),
  };
}
