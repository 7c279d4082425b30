import { type ByteRange, type ResolvedRange, resolveRange } from '../byte-range.ts';
import type { OpenBlob } from '../ports/blob-store.ts';

const NOTHING = new Uint8Array(0);

/** A blob, or a part of it, whose bytes are in memory. */
export class MemoryBlob implements OpenBlob {
  readonly size: number;
  readonly range: ResolvedRange | undefined;
  #left: Uint8Array;

  /** @throws RangeNotSatisfiable */
  constructor(bytes: Uint8Array, range: ByteRange | undefined) {
    this.size = bytes.byteLength;
    this.range = range && resolveRange(range, this.size);
    this.#left = this.range ? bytes.subarray(this.range.first, this.range.last + 1) : bytes;
  }

  read(): Promise<Uint8Array> {
    const all = this.#left;
    this.#left = NOTHING;
    return Promise.resolve(all);
  }

  close(): void {
    this.#left = NOTHING;
  }
}
