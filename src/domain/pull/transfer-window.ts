/** Bytes that follow one another; what is filled never changes, so it can be shown as it is. */
interface Block {
  readonly offset: number;
  readonly bytes: Uint8Array;
  filled: number;
}

/** A client takes this much as easily as the 64 KiB that come in one piece; in bytes. */
const BLOCK = 512 * 1024;

/**
 * The latest bytes of a transfer. For several readers pieces are gathered into blocks, so that each is
 * given few large parts: with many of them the number of writes is what counts, and not the copying.
 * For one alone the copy, and the memory for it, cost more.
 */
export class TransferWindow {
  readonly #blocks: Block[] = [];
  readonly #largest: number;
  #start: number;
  #end: number;

  /**
   * @param start the offset of the first byte that will come
   * @param largest how large a block may be, in bytes
   */
  constructor(start = 0, largest: number = BLOCK) {
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

  /**
   * @param piece which never changes from now on
   * @param isShared whether there are several readers
   */
  push(piece: Uint8Array, isShared: boolean): void {
    if (isShared) this.#gather(piece);
    else this.#add(piece);
  }

  #add(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    this.#blocks.push({ offset: this.#end, bytes: piece, filled: piece.byteLength });
    this.#end += piece.byteLength;
  }

  #gather(piece: Uint8Array): void {
    for (let taken = 0; taken < piece.byteLength; ) {
      const block = this.#blockFor(piece.byteLength - taken);
      const room = block.bytes.byteLength - block.filled;
      const part = piece.subarray(taken, taken + room);
      block.bytes.set(part, block.filled);
      block.filled += part.byteLength;
      taken += part.byteLength;
      this.#end += part.byteLength;
    }
  }

  /** The bytes of one block from `offset` on; undefined if they are not here. */
  at(offset: number): Uint8Array | undefined {
    if (offset < this.#start || offset >= this.#end) return undefined;
    const block = this.#blocks[this.#indexOf(offset)];
    return block?.bytes.subarray(offset - block.offset, block.filled);
  }

  /** Lets go of the blocks that lie wholly before `offset`. */
  dropBefore(offset: number): void {
    const last = this.#blocks.at(-1);
    let count = 0;
    for (const block of this.#blocks) {
      const hasRoom = block === last && block.filled < block.bytes.byteLength;
      if (hasRoom || block.offset + block.filled > offset) break;
      count++;
    }
    if (count === 0) return;
    this.#blocks.splice(0, count);
    this.#start = this.#blocks[0]?.offset ?? this.#end;
  }

  /** The last block if it has room, or a new one: the first as small as the blob may be. */
  #blockFor(wanted: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.filled < last.bytes.byteLength) return last;
    const size = Math.max(wanted, 2 * (last?.bytes.byteLength ?? 0));
    const bytes = new Uint8Array(Math.min(size, this.#largest));
    const block = { offset: this.#end, bytes, filled: 0 };
    this.#blocks.push(block);
    return block;
  }

  /** The last block that begins at or before `offset`: most readers are near the end. */
  #indexOf(offset: number): number {
    let index = this.#blocks.length - 1;
    while (index > 0 && (this.#blocks[index]?.offset ?? 0) > offset) index--;
    return index;
  }
}
