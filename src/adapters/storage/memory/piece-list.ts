/** How many bytes a read shows at most, and how large the pieces of a kept blob are. */
const LARGEST_PIECE = 1024 * 1024;

/** Bytes in immutable pieces, which are shown and never copied, save by `packed`. */
export class PieceList {
  readonly #pieces: Uint8Array[] = [];
  /** Where each piece begins. */
  readonly #starts: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#starts.push(this.#length);
    this.#length += piece.length;
  }

  /** At least one byte from `position` on, which must be below `length`, and none from `end` on. */
  at(position: number, end: number): Uint8Array {
    const index = this.#indexAt(position);
    const piece = this.#pieces[index] as Uint8Array;
    const offset = position - (this.#starts[index] as number);
    return piece.subarray(offset, offset + Math.min(end - position, LARGEST_PIECE));
  }

  /**
   * The same bytes in pieces of the largest size. What a socket gives is often a small part of a
   * larger buffer, which would stay in memory with it.
   */
  packed(): PieceList {
    const packed = new PieceList();
    for (let start = 0; start < this.#length; start += LARGEST_PIECE) {
      packed.append(this.#copy(start, Math.min(start + LARGEST_PIECE, this.#length)));
    }
    return packed;
  }

  #copy(start: number, end: number): Uint8Array {
    const copy = new Uint8Array(end - start);
    for (let position = start; position < end; ) {
      const part = this.at(position, end);
      copy.set(part, position - start);
      position += part.length;
    }
    return copy;
  }

  /** The last piece that begins at or before `position`. */
  #indexAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
