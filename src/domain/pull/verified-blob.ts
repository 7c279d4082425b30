import { algorithmOf, type Digest } from '../digest.ts';
import { StorageFailed } from '../errors.ts';
import type { OpenBlob } from '../ports/blob-store.ts';
import type { Hash, Hasher } from '../ports/hasher.ts';

/** The bytes in storage are not those that the digest names. */
export class BlobDamaged extends StorageFailed {
  constructor(expected: Digest, found: Digest) {
    super('a blob in storage is damaged', { detail: { expected, found } });
  }
}

/**
 * A whole blob that is compared with its digest while it is read: the last piece is given only if
 * it matches.
 */
export class VerifiedBlob implements OpenBlob {
  readonly range = undefined;
  readonly #blob: OpenBlob;
  readonly #digest: Digest;
  readonly #hash: Hash;
  readonly #damaged: (error: BlobDamaged) => Promise<void>;
  #left: number;
  #isCompared = false;

  /** @param damaged is called, and waited for, before a damaged blob's reader is told */
  constructor(
    blob: OpenBlob,
    digest: Digest,
    hasher: Hasher,
    damaged: (error: BlobDamaged) => Promise<void>,
  ) {
    this.#blob = blob;
    this.#digest = digest;
    this.#hash = hasher.start(algorithmOf(digest));
    this.#damaged = damaged;
    this.#left = blob.size;
  }

  get size(): number {
    return this.#blob.size;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    const piece = await this.#blob.read(scratch);
    if (this.#isCompared) return piece;
    this.#hash.update(piece);
    this.#left -= piece.byteLength;
    // A blob without a byte, or that ends before its size, has no last piece to hold back.
    if (this.#left <= 0 || piece.byteLength === 0) await this.#compare();
    return piece;
  }

  close(): void {
    this.#blob.close();
  }

  async #compare(): Promise<void> {
    this.#isCompared = true;
    const found = this.#hash.digest();
    if (found === this.#digest) return;
    const error = new BlobDamaged(this.#digest, found);
    await this.#damaged(error);
    throw error;
  }
}

/** Reads a blob to its end; whoever made it learns whether it is damaged. */
export async function readThrough(blob: VerifiedBlob): Promise<void> {
  const buffer = new Uint8Array(1024 * 1024);
  try {
    while ((await blob.read(() => buffer)).byteLength > 0);
  } finally {
    blob.close();
  }
}
