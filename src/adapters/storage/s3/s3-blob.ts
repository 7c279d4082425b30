import type { ResolvedRange } from '../../../domain/byte-range.ts';
import { StorageFailed } from '../../../domain/errors.ts';
import type { OpenBlob } from '../../../domain/ports/blob-store.ts';
import { BodyReader } from './body-reader.ts';
import type { OpenObject } from './s3-bucket.ts';
import { s3Failed } from './s3-errors.ts';

const NOTHING = new Uint8Array(0);

/** How often in a row the body may break off without having brought anything. */
const BREAKS = 2;

/** Asks for the blob's bytes from `first` to `last` once more; undefined if it is gone. */
export type Reopen = (first: number, last: number) => Promise<OpenObject | undefined>;

/** A blob that comes from the bucket; where its connection breaks, it goes on with another. */
export class S3Blob implements OpenBlob {
  readonly size: number;
  readonly range: ResolvedRange | undefined;
  readonly #reopen: Reopen;
  readonly #end: number;
  #body: BodyReader;
  #position: number;
  #breaks = 0;
  #isClosed = false;

  constructor({ size, body }: OpenObject, range: ResolvedRange | undefined, reopen: Reopen) {
    this.size = size;
    this.range = range;
    this.#reopen = reopen;
    this.#position = range?.first ?? 0;
    this.#end = range === undefined ? size : range.last + 1;
    this.#body = new BodyReader(body);
  }

  async read(): Promise<Uint8Array> {
    for (;;) {
      if (this.#isClosed) throw new StorageFailed('the blob was read after it was closed');
      if (this.#position === this.#end) return NOTHING;
      try {
        const piece = await this.#body.next();
        if (piece === undefined) throw new Error('the object ended before its end');
        return this.#took(piece);
      } catch (cause) {
        await this.#goOn(cause);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#body.close();
  }

  #took(piece: Uint8Array): Uint8Array {
    const left = this.#end - this.#position;
    if (piece.length > left) throw new StorageFailed('the object is longer than it said');
    this.#position += piece.length;
    this.#breaks = 0;
    return piece;
  }

  async #goOn(cause: unknown): Promise<void> {
    this.#body.close();
    if (this.#isClosed) return;
    if (this.#breaks++ === BREAKS) throw s3Failed('the blob could not be read', cause);
    const object = await this.#reopen(this.#position, this.#end - 1);
    if (object === undefined) throw new StorageFailed('the blob was removed while it was read');
    this.#body = new BodyReader(object.body);
    if (this.#isClosed) this.#body.close();
  }
}
