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

export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<Digest, PieceList>();

  async stat(digest: Digest): Promise<number | undefined> {
    return this.#blobs.get(digest)?.length;
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    const pieces = this.#blobs.get(digest);
    return pieces && new MemoryBlob(pieces, range);
  }

  async stage(digest: Digest): Promise<StagedBlob> {
    return new MemoryStagedBlob((pieces) => {
      if (!this.#blobs.has(digest)) this.#blobs.set(digest, pieces);
    });
  }

  async delete(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const [digest, pieces] of this.#blobs) yield { digest, size: pieces.length };
  }
}
