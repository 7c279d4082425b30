import fs from 'node:fs';
import { StorageFailed } from '../../../domain/errors.ts';
import type { Disk } from './disk.ts';

type Done<T> = (error: Error | null, result?: T) => void;

/**
 * An open file by its number. The system gives the number of a closed file to the next one that is
 * opened, so it is closed exactly once, and never while a call that uses it is under way.
 */
export class OpenFile {
  readonly #fd: number;
  #callsUnderWay = 0;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  static open(path: string, flags: number): Promise<OpenFile> {
    return new Promise((resolve, reject) => {
      fs.open(path, flags, (error, fd) => {
        if (error) reject(error);
        else resolve(new OpenFile(fd));
      });
    });
  }

  stat(): Promise<fs.Stats> {
    return this.#use((fd, done) => fs.fstat(fd, done));
  }

  /** Reads at most `length` bytes into `buffer` and tells how many there were; 0 at the end. */
  read(buffer: Uint8Array, length: number, position: number): Promise<number> {
    return this.#use((fd, done) => fs.read(fd, buffer, 0, length, position, done));
  }

  /** Writes some of the pieces' bytes, and tells how many. */
  write(pieces: readonly Uint8Array[], position: number): Promise<number> {
    return this.#use((fd, done) => fs.writev(fd, pieces, position, done));
  }

  /** Makes the bytes last. */
  sync(disk: Disk): Promise<void> {
    return this.#use((fd, done) => disk.syncFile(fd, done));
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
