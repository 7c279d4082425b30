import type { ByteRange, ResolvedRange } from '../byte-range.ts';
import type { OpenBlob } from '../ports/blob-store.ts';
import type { ByteReader } from '../ports/byte-reader.ts';

/** Where the rest of a blob comes from that the storage has stopped giving. */
export type Rescue = (rest: ByteRange, cause: unknown) => Promise<ByteReader>;

/** An open blob that is read to its end even if the storage stops giving it in the middle. */
export class SustainedBlob implements OpenBlob {
  readonly #blob: OpenBlob;
  readonly #rescue: Rescue;
  #position: number;
  #rest: ByteReader | undefined;
  #isClosed = false;

  /** @param rescue is called once at most; what it rejects with is what the reader is told */
  constructor(blob: OpenBlob, rescue: Rescue) {
    this.#blob = blob;
    this.#rescue = rescue;
    this.#position = blob.range?.first ?? 0;
  }

  get size(): number {
    return this.#blob.size;
  }

  get range(): ResolvedRange | undefined {
    return this.#blob.range;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    if (this.#rest !== undefined) return this.#rest.read(scratch);
    let lent: Uint8Array | undefined;
    const lend = (): Uint8Array => {
      lent ??= scratch();
      return lent;
    };
    try {
      const piece = await this.#blob.read(lend);
      this.#position += piece.byteLength;
      return piece;
    } catch (cause) {
      if (this.#isClosed) throw cause;
      const rest = await this.#find(cause);
      return rest.read(lend);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#blob.close();
    this.#rest?.close();
  }

  async #find(cause: unknown): Promise<ByteReader> {
    this.#blob.close();
    const range = { kind: 'from', first: this.#position, last: this.range?.last } as const;
    const rest = await this.#rescue(range, cause);
    this.#rest = rest;
    if (this.#isClosed) rest.close();
    return rest;
  }
}
