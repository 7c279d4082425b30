import { UpstreamUnreachable } from '../../../domain/errors.ts';
import type { FetchedBlob } from '../../../domain/ports/upstream.ts';

/** As many bytes as a network would give at most. */
const LARGEST_PIECE = 1024 * 1024;

/** A blob in memory on its way out: views of the bytes, which nobody changes. */
export class MemoryBody implements FetchedBlob, AsyncIterableIterator<Uint8Array> {
  readonly offset: number;
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #onEnd: (body: MemoryBody) => void;
  #position: number;
  #givenUp = false;

  constructor(bytes: Uint8Array, offset: number, onEnd: (body: MemoryBody) => void) {
    this.offset = offset;
    this.size = bytes.byteLength;
    this.#bytes = bytes;
    this.#onEnd = onEnd;
    this.#position = offset;
  }

  get body(): AsyncIterable<Uint8Array> {
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#givenUp) throw new UpstreamUnreachable('the download was given up');
    if (this.#position >= this.size) return this.return();
    const value = this.#bytes.subarray(this.#position, this.#position + LARGEST_PIECE);
    this.#position += value.byteLength;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#onEnd(this);
    return { done: true, value: undefined };
  }

  cancel(): void {
    this.#givenUp = true;
    this.#onEnd(this);
  }
}
