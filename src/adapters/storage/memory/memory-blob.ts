import { type ByteRange, type ResolvedRange, resolveRange } from '../../../domain/byte-range.ts';
import { StorageFailed } from '../../../domain/errors.ts';
import type { OpenBlob } from '../../../domain/ports/blob-store.ts';
import type { PieceList } from './piece-list.ts';

const NOTHING = new Uint8Array(0);

/** A reader of a blob in memory; it shows the blob's own bytes, so it needs no scratch. */
export class MemoryBlob implements OpenBlob {
  readonly size: number;
  readonly range: ResolvedRange | undefined;
  readonly #pieces: PieceList;
  readonly #end: number;
  #position: number;
  #closed = false;

  /** @throws RangeNotSatisfiable */
  constructor(pieces: PieceList, range?: ByteRange) {
    this.size = pieces.length;
    this.range = range && resolveRange(range, pieces.length);
    this.#pieces = pieces;
    this.#position = this.range?.first ?? 0;
    this.#end = this.range === undefined ? pieces.length : this.range.last + 1;
  }

  async read(): Promise<Uint8Array> {
    if (this.#closed) throw new StorageFailed('the blob was read after it was closed');
    if (this.#position === this.#end) return NOTHING;
    const bytes = this.#pieces.at(this.#position, this.#end);
    this.#position += bytes.length;
    return bytes;
  }

  close(): void {
    this.#closed = true;
  }
}
