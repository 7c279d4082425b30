import { SizeMismatch, UpstreamUnreachable } from '../../../domain/errors.ts';
import type { FetchedBlob } from '../../../domain/ports/upstream.ts';
import { type OpenFile, unreadable } from './file-tree.ts';

/** Large enough for the disk's full speed, small enough for many transfers at once. */
const LARGEST_PIECE = 1024 * 1024;

/**
 * A blob's file on its way out, read with explicit positions; each piece is memory of its own, as
 * the port promises. The size is the one at the opening, so a file that grows ends where it was
 * announced to, and one that shrinks breaks off.
 */
export class FileBlob implements FetchedBlob, AsyncIterableIterator<Uint8Array> {
  readonly offset: number;
  readonly size: number;
  readonly #name: string;
  readonly #file: OpenFile;
  readonly #onClose: (blob: FileBlob) => void;
  #position: number;
  #givenUp = false;
  #interrupt: (error: UpstreamUnreachable) => void = () => {};

  constructor(name: string, file: OpenFile, offset: number, onClose: (blob: FileBlob) => void) {
    this.offset = offset;
    this.size = file.size;
    this.#name = name;
    this.#file = file;
    this.#onClose = onClose;
    this.#position = offset;
  }

  get body(): AsyncIterable<Uint8Array> {
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#position >= this.size) return this.return();
    // Not Promise.race() with one promise for all reads: it would hold on to every piece.
    const value = await new Promise<Uint8Array>((resolve, reject) => {
      this.#interrupt = reject;
      this.#read().then(resolve, reject);
    });
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  cancel(): void {
    this.#givenUp = true;
    this.#interrupt(this.#failure());
    // A file that was only read has nothing to lose when closing fails.
    this.#close().catch(() => {});
  }

  async #read(): Promise<Uint8Array> {
    if (this.#givenUp) throw this.#failure();
    const length = Math.min(LARGEST_PIECE, this.size - this.#position);
    const buffer = Buffer.allocUnsafe(length);
    try {
      const { bytesRead } = await this.#file.handle.read(buffer, 0, length, this.#position);
      if (bytesRead === 0) throw new SizeMismatch(this.#name, this.size, this.#position);
      this.#position += bytesRead;
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      this.#close().catch(() => {});
      throw error instanceof SizeMismatch ? error : unreadable(this.#name, error);
    }
  }

  #failure(): UpstreamUnreachable {
    return new UpstreamUnreachable(`the reading of ${this.#name} was given up`);
  }

  async #close(): Promise<void> {
    this.#onClose(this);
    await this.#file.handle.close();
  }
}
