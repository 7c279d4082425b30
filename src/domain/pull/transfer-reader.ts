import type { ResolvedRange } from '../byte-range.ts';
import type { ByteReader } from '../ports/byte-reader.ts';
import type { Transfer } from './transfer.ts';

const NOTHING = new Uint8Array(0);

/** Reads a transfer's bytes while they come, at its own pace. */
export class TransferReader implements ByteReader {
  readonly #transfer: Transfer;
  readonly #leave: () => void;
  #position = 0;
  #end = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(transfer: Transfer, leave: () => void) {
    this.#transfer = transfer;
    this.#leave = leave;
  }

  /** Reads this part alone; to be called before the first `read`. */
  limitTo({ first, last }: ResolvedRange): void {
    this.#position = first;
    this.#end = last + 1;
  }

  /** The offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    for (;;) {
      if (this.#transfer.failure !== undefined) throw this.#transfer.failure;
      const limit = Math.min(this.#transfer.releasable, this.#end);
      if (this.#position < limit) return this.#take(limit, scratch);
      if (this.#position >= this.#end || this.#transfer.isWhole) return NOTHING;
      await this.#transfer.changed();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
  }

  async #take(limit: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    const room = limit - this.#position;
    const bytes = await this.#transfer.at(this.#position, () => scratch().subarray(0, room));
    const piece = bytes.byteLength > room ? bytes.subarray(0, room) : bytes;
    this.#position += piece.byteLength;
    this.#transfer.readerMoved();
    return piece;
  }
}
