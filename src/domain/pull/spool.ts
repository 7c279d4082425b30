import { StorageFailed } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { Signal } from './signal.ts';
import type { Staging } from './staging.ts';
import { TransferWindow } from './transfer-window.ts';

/** How many bytes of each transfer stay in memory for the readers that keep pace; in bytes. */
const WINDOW = 4 * 1024 * 1024;

/** How many bytes may wait for the storage, or without one for a reader; in bytes. */
const BACKLOG = 8 * 1024 * 1024;

/** Those that read a transfer. */
export interface SpoolReaders {
  count(): number;
  /** Where the one is that has come least far; undefined without any. */
  slowest(): number | undefined;
}

/**
 * What has come of a transfer: the latest bytes in memory, and all of them in the storage. When the
 * storage fails it goes on from memory alone, at the pace of the slowest reader.
 */
export class Spool implements ByteSource {
  readonly #staging: Staging | undefined;
  readonly #window: TransferWindow;
  readonly #readerMoved = new Signal();
  readonly #readers: SpoolReaders;

  constructor(staging: Staging | undefined, readers: SpoolReaders) {
    this.#staging = staging;
    this.#window = new TransferWindow(staging?.length);
    this.#readers = readers;
  }

  get end(): number {
    return this.#window.end;
  }

  /** Whether what has come is in the storage, or on its way there. */
  get isKept(): boolean {
    return this.#staging !== undefined && this.#staging.failure === undefined;
  }

  push(piece: Uint8Array): void {
    this.#window.push(piece, this.#readers.count() > 1);
    if (this.isKept) this.#staging?.add(piece);
    this.#trim();
  }

  reaches(offset: number): boolean {
    const stored = this.#staging?.length ?? 0;
    return offset >= this.#window.start || this.#window.start <= stored;
  }

  at(offset: number, scratch: () => Uint8Array): Uint8Array | Promise<Uint8Array> {
    const inMemory = this.#window.at(offset);
    if (inMemory !== undefined) return inMemory;
    if (this.#staging !== undefined && offset < this.#staging.length) {
      return this.#staging.readAt(offset, scratch);
    }
    throw new StorageFailed('the bytes could not be kept, and are gone from memory');
  }

  readerMoved(): void {
    if (this.isKept) return;
    this.#trim();
    this.#readerMoved.fire();
  }

  /** Resolves when more bytes may come. Rejects if they could neither be kept nor read. */
  async room(): Promise<void> {
    if (this.isKept && (this.#staging?.unwritten ?? 0) > BACKLOG) {
      await this.#staging?.untilUnwritten(BACKLOG / 2);
    }
    while (!this.isKept) {
      if (this.#readers.count() === 0) {
        throw new StorageFailed('nobody reads what cannot be kept');
      }
      this.#trim(); // all may have read what was waiting for the storage when that failed
      if (this.#window.end - this.#window.start <= BACKLOG) return;
      await this.#readerMoved.next();
    }
  }

  #trim(): void {
    const recent = this.#window.end - WINDOW;
    const stored = this.#staging?.length ?? 0;
    const readByAll = this.#readers.slowest() ?? this.#window.end;
    this.#window.dropBefore(this.isKept ? Math.min(recent, stored) : readByAll);
  }
}
