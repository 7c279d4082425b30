import type { ByteRange } from '../byte-range.ts';
import { algorithmOf, type Digest } from '../digest.ts';
import { RangeNotSatisfiable, StorageFailed, StorageUnavailable } from '../errors.ts';
import type { BlobFile, BlobStore, OpenBlob } from '../ports/blob-store.ts';
import type { BoundedCache, PopularityCache } from '../ports/bounded-cache.ts';
import type { Events } from '../ports/events.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import { MemoryBlob } from './memory-blob.ts';
import { readWhole } from './read-whole.ts';
import { SingleFlight } from './single-flight.ts';
import { type Rescue, SustainedBlob } from './sustained-blob.ts';
import { BlobDamaged, readThrough, VerifiedBlob } from './verified-blob.ts';

export interface StoredBlobsPorts {
  readonly blobs: BlobStore;
  readonly shelf: ManifestShelf;
  readonly hasher: Hasher;
  readonly events: Events;
  /** Blobs that were found whole, by digest; so that a part needs no second reading of the whole. */
  readonly sound: BoundedCache<true>;
  /** The bytes of small blobs, by digest; undefined where the storage itself is memory. */
  readonly hot: PopularityCache<Uint8Array> | undefined;
}

/** Up to which size a blob is kept in memory, in bytes. */
const SMALL = 1024 * 1024;

/** Whether what is read is compared with its digest: it costs a core for each GB/s. */
export type Verification = 'onread' | 'never';

/** The storage has stopped giving a blob. */
class BlobLost extends StorageFailed {
  constructor(cause: unknown) {
    super('a blob in storage cannot be read to its end', { cause });
  }
}

/** For what is not worth going on with elsewhere. */
const GIVE_UP: Rescue = (_, cause) => Promise.reject(cause);

/**
 * The blobs that are here and can be served. One that cannot be opened is as good as not here, since
 * the upstream may have it; one that cannot be read to its end, or is damaged, is set aside, and
 * fetched again.
 */
export class StoredBlobs {
  readonly #ports: StoredBlobsPorts;
  readonly #verification: Verification;
  /** To look for a file costs more than all else that a proxy needs for it. */
  readonly #looks = new SingleFlight<BlobFile | undefined>();

  constructor(ports: StoredBlobsPorts, verification: Verification) {
    this.#ports = ports;
    this.#verification = verification;
  }

  /**
   * @param rescue for one that cannot be read to its end
   * @throws RangeNotSatisfiable
   */
  async open(
    repository: RepositoryName,
    digest: Digest,
    range?: ByteRange,
    rescue: Rescue = GIVE_UP,
  ): Promise<OpenBlob | undefined> {
    const hot = this.#ports.hot?.get(digest);
    if (hot !== undefined) return new MemoryBlob(hot, range);
    try {
      if (range !== undefined && this.#verification === 'onread') {
        await this.#prove(repository, digest);
      }
      return await this.#open(repository, digest, range, rescue);
    } catch (cause) {
      if (cause instanceof RangeNotSatisfiable) throw cause;
      const isTold = cause instanceof BlobDamaged || cause instanceof BlobLost;
      if (!isTold) this.#unreadable(repository, digest, cause);
    }
    return undefined;
  }

  /** The bytes of one that is in memory. */
  held(digest: Digest): Uint8Array | undefined {
    return this.#ports.hot?.get(digest);
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

  /** Removes blobs, and tells how many there were. Whoever reads one just now reads on. */
  async remove(digests: readonly Digest[]): Promise<number> {
    for (const digest of digests) this.#forget(digest);
    const removed = await this.#remove(digests);
    for (const digest of digests) this.#forget(digest); // in case somebody has read it meanwhile
    return removed;
  }

  async #remove(digests: readonly Digest[]): Promise<number> {
    const { blobs } = this.#ports;
    if (blobs.deleteMany !== undefined && digests.length > 1) {
      await blobs.deleteMany(digests);
      return digests.length;
    }
    let removed = 0;
    for (const digest of digests) if (await blobs.delete(digest)) removed++;
    return removed;
  }

  /**
   * Where a client can fetch the blob by itself; undefined where it cannot, or what is read is to be
   * compared with its digest.
   */
  async urlOf(repository: RepositoryName, digest: Digest): Promise<string | undefined> {
    if (this.#verification === 'onread') return undefined;
    try {
      return await this.#ports.blobs.urlOf?.(digest);
    } catch (cause) {
      this.#unreadable(repository, digest, cause);
      return undefined;
    }
  }

  /**
   * The blob's file, for somebody who does not compare what he reads with its digest. One that does
   * not have the size that a manifest lists has to be opened, and is looked through then.
   */
  async fileOf(repository: RepositoryName, digest: Digest): Promise<BlobFile | undefined> {
    if (this.#verification === 'onread') return undefined;
    try {
      const look = async (): Promise<BlobFile | undefined> => this.#ports.blobs.fileOf?.(digest);
      const file = await this.#looks.run(digest, look).result;
      return this.#hasListedSize(repository, digest, file?.size) ? file : undefined;
    } catch (cause) {
      this.#unreadable(repository, digest, cause);
      return undefined;
    }
  }

  /**
   * One that does not have the size that a manifest lists is looked through first: the manifest may be
   * what is wrong, and must not cost others a blob that is sound.
   */
  async #open(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
    rescue: Rescue,
  ): Promise<OpenBlob | undefined> {
    const { blobs } = this.#ports;
    try {
      const blob = await blobs.open(digest, range);
      if (blob === undefined) return undefined;
      if (this.#hasListedSize(repository, digest, blob.size)) {
        return await this.#guarded(repository, digest, blob, rescue);
      }
      blob.close();
    } catch (error) {
      if (!(error instanceof RangeNotSatisfiable)) throw error;
      if (this.#hasListedSize(repository, digest, error.size)) throw error;
    }
    await this.#prove(repository, digest);
    return blobs.open(digest, range);
  }

  /** @throws BlobDamaged */
  async #prove(repository: RepositoryName, digest: Digest): Promise<void> {
    const { blobs, sound } = this.#ports;
    if (sound.get(digest) === true) return;
    const blob = await blobs.open(digest);
    if (blob === undefined) return;
    const sustained = this.#sustained(repository, digest, blob, GIVE_UP);
    await readThrough(this.#verified(repository, digest, sustained));
    sound.set(digest, true);
  }

  /**
   * A small one that many want is read whole, and stays in memory for those who come next: opening and
   * closing its file takes longer than reading it. If it is to be verified, that is done before the
   * client hears of it, who then has no trouble with a damaged one.
   */
  async #guarded(
    repository: RepositoryName,
    digest: Digest,
    blob: OpenBlob,
    rescue: Rescue,
  ): Promise<OpenBlob> {
    const { hot, hasher } = this.#ports;
    const isVerified = this.#verification === 'onread';
    const isSmall = hot !== undefined && blob.range === undefined && blob.size <= SMALL;
    const isKept = isSmall && hot.admits(digest, blob.size);
    if (!isKept && !(isSmall && isVerified)) {
      const sustained = this.#sustained(repository, digest, blob, rescue);
      const isProven = blob.range !== undefined || !isVerified;
      return isProven ? sustained : this.#verified(repository, digest, sustained);
    }
    const bytes = await readWhole(this.#sustained(repository, digest, blob, GIVE_UP));
    if (bytes?.byteLength !== blob.size) throw new StorageFailed('a blob ends before its end');
    const found = isVerified ? hasher.digest(algorithmOf(digest), bytes) : digest;
    if (found !== digest) {
      const error = new BlobDamaged(digest, found);
      await this.#setAside(repository, digest, error.detail);
      throw error;
    }
    if (isKept) hot.set(digest, bytes);
    return new MemoryBlob(bytes, undefined);
  }

  /**
   * One that cannot be read to its end is set aside: the next one to want it gets it whole. Not so
   * where it is the way to the storage that broke.
   */
  #sustained(
    repository: RepositoryName,
    digest: Digest,
    blob: OpenBlob,
    rescue: Rescue,
  ): SustainedBlob {
    return new SustainedBlob(blob, async (rest, cause) => {
      this.#unreadable(repository, digest, cause);
      if (!(cause instanceof StorageUnavailable)) {
        await this.#putAside(digest).catch((error) => this.#unreadable(repository, digest, error));
      }
      return rescue(rest, new BlobLost(cause));
    });
  }

  #verified(repository: RepositoryName, digest: Digest, blob: OpenBlob): VerifiedBlob {
    const { hasher } = this.#ports;
    return new VerifiedBlob(blob, digest, hasher, async ({ detail }) => {
      await this.#setAside(repository, digest, detail);
    });
  }

  #hasListedSize(repository: RepositoryName, digest: Digest, size: number | undefined): boolean {
    const listed = this.#ports.shelf.listedSize(repository, digest);
    return listed === undefined || size === undefined || listed === size;
  }

  async #setAside(repository: RepositoryName, digest: Digest, detail: unknown): Promise<void> {
    this.#ports.events.emit({ type: 'damaged', repository, digest, detail });
    await this.#putAside(digest);
  }

  async #putAside(digest: Digest): Promise<void> {
    this.#forget(digest);
    await this.#ports.blobs.setAside(digest);
  }

  #forget(digest: Digest): void {
    this.#ports.sound.delete(digest);
    this.#ports.hot?.delete(digest);
  }

  #unreadable(repository: RepositoryName, digest: Digest, cause: unknown): void {
    this.#ports.events.emit({ type: 'unreadable', repository, what: `blob ${digest}`, cause });
  }
}
