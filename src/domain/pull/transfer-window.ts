/** Bytes that never change, so that they can be shown as they are. */
interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A client takes this much as easily as the 64 KiB that come in one piece; in bytes. */
const LARGEST = 512 * 1024;

/**
 * The latest bytes of a transfer, in the pieces in which they came. For several readers, those that have
 * come since the last look are gathered: with many of them the number of writes is what counts, and not
 * the copying. For one alone the copy would cost more.
 */
export class TransferWindow {
  readonly #pieces: Piece[] = [];
  readonly #largest: number;
  #start: number;
  #end: number;

  /**
   * @param start the offset of the first byte that will come
   * @param largest up to which size pieces are gathered, in bytes
   */
  constructor(start = 0, largest: number = LARGEST) {
    this.#start = start;
    this.#end = start;
    this.#largest = largest;
  }

  /** The offset of the first byte it holds. */
  get start(): number {
    return this.#start;
  }

  /** The offset after the last one. */
  get end(): number {
    return this.#end;
  }

  /** @param bytes which never change from now on */
  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#pieces.push({ offset: this.#end, bytes });
    this.#end += bytes.byteLength;
  }

  /**
   * Bytes from `offset` on; undefined if they are not here.
   *
   * @param isShared whether others will want the same ones
   */
  at(offset: number, isShared: boolean): Uint8Array | undefined {
    if (offset < this.#start || offset >= this.#end) return undefined;
    const index = this.#indexOf(offset);
    const piece = isShared ? this.#gathered(index) : this.#pieces[index];
    return piece?.bytes.subarray(offset - piece.offset);
  }

  /** Lets go of the pieces that lie wholly before `offset`. */
  dropBefore(offset: number): void {
    const kept = this.#pieces.findIndex((piece) => piece.offset + piece.bytes.byteLength > offset);
    this.#pieces.splice(0, kept === -1 ? this.#pieces.length : kept);
    this.#start = this.#pieces[0]?.offset ?? this.#end;
  }

  /**
   * The piece, as one with those behind it, once these are together as large as it: so a byte is
   * copied a few times at most, however often somebody looks.
   */
  #gathered(index: number): Piece | undefined {
    const first = this.#pieces[index];
    if (first === undefined) return undefined;
    let size = 0;
    let count = 0;
    for (const { bytes } of this.#pieces.slice(index)) {
      if (count > 0 && size + bytes.byteLength > this.#largest) break;
      size += bytes.byteLength;
      count++;
    }
    if (size < 2 * first.bytes.byteLength) return first;
    const gathered = { offset: first.offset, bytes: new Uint8Array(size) };
    for (const { offset, bytes } of this.#pieces.splice(index, count, gathered)) {
      gathered.bytes.set(bytes, offset - first.offset);
    }
    return gathered;
  }

  /** The last piece that begins at or before `offset`: most readers are near the end. */
  #indexOf(offset: number): number {
    let index = this.#pieces.length - 1;
    while (index > 0 && (this.#pieces[index]?.offset ?? 0) > offset) index--;
    return index;
  }
}
