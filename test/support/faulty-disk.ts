import { type Disk, type Done, SYSTEM_DISK } from '../../src/adapters/storage/filesystem/disk.ts';

type Call = keyof Disk;

/** What is to fail, and how. */
export interface DiskFault {
  /** The system's code, such as `ENOSPC`. */
  readonly errno: string;
  readonly calls: readonly Call[];
  /** Reads and writes fail from this position in a file on; all of them unless told. */
  readonly from?: number;
}

/** The system's disk, and now and then a fault of it. */
export class FaultyDisk implements Disk {
  #fault: DiskFault | undefined;

  fails(fault: DiskFault): void {
    this.#fault = fault;
  }

  works(): void {
    this.#fault = undefined;
  }

  open(path: string, flags: number, done: Done<number>): void {
    this.#do('open', done, () => SYSTEM_DISK.open(path, flags, done));
  }

  read(fd: number, into: Uint8Array, length: number, position: number, done: Done<number>): void {
    const from = this.#fault?.calls.includes('read') ? (this.#fault.from ?? 0) : Infinity;
    // What comes before the fault can still be read.
    const good = position < from ? Math.min(length, from - position) : length;
    const read = (): void => SYSTEM_DISK.read(fd, into, good, position, done);
    this.#do('read', done, read, position);
  }

  write(fd: number, pieces: readonly Uint8Array[], position: number, done: Done<number>): void {
    const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, position);
    this.#do('write', done, () => SYSTEM_DISK.write(fd, pieces, position, done), length);
  }

  syncFile(fd: number, done: Done<void>): void {
    this.#do('syncFile', done, () => SYSTEM_DISK.syncFile(fd, done));
  }

  mkdir(path: string): Promise<void> {
    return this.#await('mkdir', () => SYSTEM_DISK.mkdir(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#await('rename', () => SYSTEM_DISK.rename(from, to));
  }

  link(existing: string, path: string): Promise<void> {
    return this.#await('link', () => SYSTEM_DISK.link(existing, path));
  }

  unlink(path: string): Promise<void> {
    return this.#await('unlink', () => SYSTEM_DISK.unlink(path));
  }

  rmdir(path: string): Promise<void> {
    return this.#await('rmdir', () => SYSTEM_DISK.rmdir(path));
  }

  syncFolder(path: string): Promise<void> {
    return this.#await('syncFolder', () => SYSTEM_DISK.syncFolder(path));
  }

  #do<T>(call: Call, done: Done<T>, act: () => void, position: number = Infinity): void {
    const error = this.#errorOf(call, position);
    if (error === undefined) act();
    else setImmediate(done, error);
  }

  async #await(call: Call, act: () => Promise<void>): Promise<void> {
    const error = this.#errorOf(call, Infinity);
    if (error !== undefined) throw error;
    await act();
  }

  #errorOf(call: Call, position: number): Error | undefined {
    if (this.#fault?.calls.includes(call) !== true || position < (this.#fault.from ?? 0)) {
      return undefined;
    }
    const { errno } = this.#fault;
    return Object.assign(new Error(`${errno}: as the system says it`), { code: errno });
  }
}
