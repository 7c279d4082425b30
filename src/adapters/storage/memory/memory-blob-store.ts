import type { ByteRange } from '../../../domain/byte-range.ts';
import type { Digest } from '../../../domain/digest.ts';
import type {
  BlobStore,
  OpenBlob,
  StagedBlob,
  StoredBlob,
} from '../../../domain/ports/blob-store.ts';
import { MemoryBlob } from './memory-blob.ts';
import { MemoryStagedBlob } from './memory-staged-blob.ts';
import type { PieceList } from './piece-list.ts';

/** How many suspended blobs are kept, the latest: nobody may ever come back for them. */
const SUSPENDED = 16;

interface Kept {
  readonly pieces: PieceList;
  readonly storedAtMs: number;
}

export class MemoryBlobStore implements BlobStore {
  readonly #now: () => number;
  readonly #blobs = new Map<Digest, Kept>();
  /** In the order in which they were suspended. */
  readonly #suspended = new Map<Digest, PieceList>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async stat(digest: Digest): Promise<number | undefined> {
    return this.#blobs.get(digest)?.pieces.length;
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    const pieces = this.#blobs.get(digest)?.pieces;
    return pieces && new MemoryBlob(pieces, range);
  }

  async stage(digest: Digest): Promise<StagedBlob> {
    const left = this.#suspended.get(digest);
    this.#suspended.delete(digest);
    return new MemoryStagedBlob(
      {
        commit: (pieces) => {
          if (this.#blobs.has(digest)) return;
          this.#blobs.set(digest, { pieces, storedAtMs: this.#now() });
        },
        suspend: (pieces) => this.#suspend(digest, pieces),
      },
      left,
    );
  }

  async delete(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }

  setAside(digest: Digest): Promise<boolean> {
    return this.delete(digest);
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const [digest, { pieces, storedAtMs }] of this.#blobs) {
      yield { digest, size: pieces.length, storedAtMs };
    }
  }

  #suspend(digest: Digest, pieces: PieceList): void {
    this.#suspended.delete(digest);
    this.#suspended.set(digest, pieces);
    const [oldest] = this.#suspended.keys();
    if (this.#suspended.size > SUSPENDED && oldest !== undefined) this.#suspended.delete(oldest);
  }
}
