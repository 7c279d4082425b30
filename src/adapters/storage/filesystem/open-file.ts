import fs from 'node:fs';
import { StorageFailed } from '../../../domain/errors.ts';
import type { Disk, Done } from './disk.ts';

/**
 * An open file by its number. The system gives the number of a closed file to the next one that is
 * opened, so it is closed exactly once, and never while a call that uses it is under way.
 */
export class OpenFile {
  readonly #disk: Disk;
  readonly #fd: number;
  #callsUnderWay = 0;
  #closed = false;

  constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  static open(disk: Disk, path: string, flags: number): Promise<OpenFile> {
    return new Promise((resolve, reject) => {
      disk.open(path, flags, (error, fd) => {
        if (fd === undefined) reject(error);
        else resolve(new OpenFile(disk, fd));
      });
    });
  }

  stat(): Promise<fs.Stats> {
    return this.#use((fd, done) => fs.fstat(fd, done));
  }

  /** Reads at most `length` bytes into `buffer` and tells how many there were; 0 at the end. */
  read(buffer: Uint8Array, length: number, position: number): Promise<number> {
    return this.#use((fd, done) => this.#disk.read(fd, buffer, length, position, done));
  }

  /** Writes some of the pieces' bytes, and tells how many. */
  write(pieces: readonly Uint8Array[], position: number): Promise<number> {
    return this.#use((fd, done) => this.#disk.write(fd, pieces, position, done));
  }

  /** Makes the bytes last. */
  sync(): Promise<void> {
    return this.#use((fd, done) => this.#disk.syncFile(fd, done));
  }

  /** Says that it was changed just now. */
  touch(): Promise<void> {
    const now = new Date();
    return this.#use((fd, done) => fs.futimes(fd, now, now, done));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeWhenIdle();
  }

  /** One call with the file's number, which stays this file's until `done` is called. */
  #use<T>(call: (fd: number, done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new StorageFailed('the file was used after it was closed'));
        return;
      }
      this.#callsUnderWay++;
      call(this.#fd, (error, result) => {
        this.#callsUnderWay--;
        if (this.#closed) this.#closeWhenIdle();
        if (error) reject(error);
        else resolve(result as T);
      });
    });
  }

  /** What was to last has been synced before, so a failure to close loses nothing. */
  #closeWhenIdle(): void {
    if (this.#callsUnderWay === 0) fs.close(this.#fd, () => {});
  }
}
