import type { ByteRange } from '../byte-range.ts';
import type { Digest } from '../digest.ts';
import { RangeNotSatisfiable } from '../errors.ts';
import type { BlobStore, OpenBlob } from '../ports/blob-store.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Events } from '../ports/events.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import { BlobDamaged, readThrough, VerifiedBlob } from './verified-blob.ts';

export interface StoredBlobsPorts {
  readonly blobs: BlobStore;
  readonly shelf: ManifestShelf;
  readonly hasher: Hasher;
  readonly events: Events;
  /** Blobs that were found whole, by digest; so that a part needs no second reading of the whole. */
  readonly sound: BoundedCache<true>;
}

/** Whether what is read is compared with its digest: it costs a core for each GB/s. */
export type Verification = 'onread' | 'never';

/**
 * The blobs that are here and can be served. One that cannot be read is as good as not here, since
 * the upstream may have it; one that is damaged is set aside, and fetched again.
 */
export class StoredBlobs {
  readonly #ports: StoredBlobsPorts;
  readonly #verification: Verification;

  constructor(ports: StoredBlobsPorts, verification: Verification) {
    this.#ports = ports;
    this.#verification = verification;
  }

  /** @throws RangeNotSatisfiable */
  async open(
    repository: RepositoryName,
    digest: Digest,
    range?: ByteRange,
  ): Promise<OpenBlob | undefined> {
    try {
      const blob = await this.#open(repository, digest, range);
      if (blob === undefined || (await this.#hasRightSize(repository, digest, blob))) return blob;
      blob.close();
    } catch (cause) {
      if (cause instanceof RangeNotSatisfiable) throw cause;
      if (!(cause instanceof BlobDamaged)) this.#unreadable(repository, digest, cause);
    }
    return undefined;
  }

  /** The blob's size in bytes. */
  async stat(repository: RepositoryName, digest: Digest): Promise<number | undefined> {
    try {
      return await this.#ports.blobs.stat(digest);
    } catch (cause) {
      this.#unreadable(repository, digest, cause);
      return undefined;
    }
  }

  async #open(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
  ): Promise<OpenBlob | undefined> {
    const { blobs, sound } = this.#ports;
    if (this.#verification === 'never') return blobs.open(digest, range);
    if (range !== undefined && sound.get(digest) === true) return blobs.open(digest, range);
    const blob = await blobs.open(digest);
    if (blob === undefined) return undefined;
    const verified = this.#verified(repository, digest, blob);
    if (range === undefined) return verified;
    await readThrough(verified);
    sound.set(digest, true);
    return blobs.open(digest, range);
  }

  #verified(repository: RepositoryName, digest: Digest, blob: OpenBlob): VerifiedBlob {
    const { hasher } = this.#ports;
    return new VerifiedBlob(blob, digest, hasher, async ({ detail }) => {
      await this.#setAside(repository, digest, detail);
    });
  }

  async #hasRightSize(
    repository: RepositoryName,
    digest: Digest,
    { size }: OpenBlob,
  ): Promise<boolean> {
    const expected = this.#ports.shelf.listedSize(repository, digest);
    if (expected === undefined || expected === size) return true;
    await this.#setAside(repository, digest, { expected, found: size });
    return false;
  }

  async #setAside(repository: RepositoryName, digest: Digest, detail: unknown): Promise<void> {
    const { blobs, events, sound } = this.#ports;
    sound.delete(digest);
    events.emit({ type: 'damaged', repository, digest, detail });
    await blobs.setAside(digest);
  }

  #unreadable(repository: RepositoryName, digest: Digest, cause: unknown): void {
    this.#ports.events.emit({ type: 'unreadable', repository, what: `blob ${digest}`, cause });
  }
}
