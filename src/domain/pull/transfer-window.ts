/** The latest bytes of a transfer, in the pieces in which they came. */
export class TransferWindow {
  #pieces: Uint8Array[] = [];
  #offsets: number[] = [];
  #start: number;
  #end: number;

  /** @param start the offset of the first byte that will come */
  constructor(start = 0) {
    this.#start = start;
    this.#end = start;
  }

  /** The offset of the first byte it holds. */
  get start(): number {
    return this.#start;
  }

  /** The offset after the last one. */
  get end(): number {
    return this.#end;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#offsets.push(this.#end);
    this.#end += piece.byteLength;
  }

  /** The bytes of one piece from `offset` on; undefined if they are not here. */
  at(offset: number): Uint8Array | undefined {
    if (offset < this.#start || offset >= this.#end) return undefined;
    const index = this.#indexOf(offset);
    const piece = this.#pieces[index];
    return piece?.subarray(offset - (this.#offsets[index] ?? 0));
  }

  /** Lets go of the pieces that lie wholly before `offset`. */
  dropBefore(offset: number): void {
    let count = 0;
    while (count < this.#pieces.length && (this.#offsets[count + 1] ?? this.#end) <= offset)
      count++;
    if (count === 0) return;
    this.#pieces.splice(0, count);
    this.#offsets.splice(0, count);
    this.#start = this.#offsets[0] ?? this.#end;
  }

  /** The last piece that begins at or before `offset`: most readers are near the end. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
