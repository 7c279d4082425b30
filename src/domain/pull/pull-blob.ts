import { type ByteRange, resolveRange } from '../byte-range.ts';
import type { Digest } from '../digest.ts';
import {
  BlobUnavailable,
  RangeNotSatisfiable,
  TooManyRequests,
  UpstreamFailure,
} from '../errors.ts';
import type { BlobFile, OpenBlob } from '../ports/blob-store.ts';
import type { ByteReader } from '../ports/byte-reader.ts';
import type { ServedBlob, Source } from '../ports/mirror.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { BlobAccess } from './blob-access.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { StoredBlobs } from './stored-blobs.ts';
import type { Rescue } from './sustained-blob.ts';
import { StoredMeanwhile, type Transfer } from './transfer.ts';
import type { TransferReader } from './transfer-reader.ts';
import type { Transfers } from './transfers.ts';

export interface PullBlobPorts {
  readonly stored: StoredBlobs;
  readonly access: BlobAccess;
  readonly shelf: ManifestShelf;
  readonly transfers: Transfers;
  readonly upstream: Upstream;
}

/** Serves a blob: the one in storage, the one that is being downloaded, or a new download. */
export class PullBlob {
  readonly #ports: PullBlobPorts;

  constructor(ports: PullBlobPorts) {
    this.#ports = ports;
  }

  async open(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<ServedBlob> {
    try {
      return await this.#open(repository, digest, range);
    } catch (error) {
      throw this.#failure(repository, digest, error);
    }
  }

  async #open(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
  ): Promise<ServedBlob> {
    const { transfers } = this.#ports;
    for (;;) {
      if (transfers.get(digest) !== undefined) return this.#fetch(repository, digest, range);
      const { committed } = transfers;
      const blob = await this.#openStored(repository, digest, range);
      if (blob !== undefined) return this.#serveStored(repository, digest, blob);
      // While we looked in vain, another client's download may have begun, or even ended.
      if (transfers.committed === committed) return this.#fetch(repository, digest, range);
    }
  }

  /** The bytes of a blob that is in memory, if it is known that this repository may have it. */
  held(repository: RepositoryName, digest: Digest): Uint8Array | undefined {
    const { access, stored } = this.#ports;
    const bytes = stored.held(digest);
    return bytes !== undefined && access.isKnown(repository, digest) ? bytes : undefined;
  }

  /** Where the client is to fetch the blob by itself, if it may have it and it is stored. */
  locate(repository: RepositoryName, digest: Digest): Promise<string | undefined> {
    return this.#apart(repository, digest, (stored) => stored.urlOf(repository, digest));
  }

  /** The file that somebody else may send to the client, if it may have it and it is stored. */
  fileOf(repository: RepositoryName, digest: Digest): Promise<BlobFile | undefined> {
    return this.#apart(repository, digest, (stored) => stored.fileOf(repository, digest));
  }

  /** The blob's size in bytes, from whatever knows it; the upstream is asked last. */
  async stat(repository: RepositoryName, digest: Digest): Promise<number> {
    const { access, shelf, stored, transfers, upstream } = this.#ports;
    const listed = shelf.listedSize(repository, digest);
    if (listed !== undefined) return listed;
    const here = transfers.get(digest)?.size ?? (await stored.stat(repository, digest));
    if (here !== undefined && (await access.isGranted(repository, digest))) return here;
    return upstream.statBlob(repository, digest);
  }

  /** What is stored and granted need not be opened here; everything else goes by {@link open}. */
  async #apart<T>(
    repository: RepositoryName,
    digest: Digest,
    find: (stored: StoredBlobs) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { access, stored, transfers } = this.#ports;
    if (transfers.get(digest) !== undefined) return undefined;
    const found = await find(stored);
    const isGranted = found !== undefined && (await access.isGranted(repository, digest));
    return isGranted ? found : undefined;
  }

  async #join(
    repository: RepositoryName,
    running: Transfer,
    range: ByteRange | undefined,
  ): Promise<ServedBlob> {
    const reader = running.reader(); // before any waiting: it keeps the bytes from going
    try {
      if (!running.repositories.has(repository)) {
        await this.#permit(repository, running.digest);
        running.repositories.add(repository);
      }
      // One that is whole takes nothing from the upstream any more: it only becomes durable.
      return await serve(running, reader, range, running.isWhole ? 'hit' : 'joined');
    } catch (error) {
      reader.close();
      if (error instanceof TooLate) return this.#downloadApart(repository, running, range);
      if (isRefusalOfAnother(repository, running, error)) {
        return this.#open(repository, running.digest, range);
      }
      throw error;
    }
  }

  #downloadApart(
    repository: RepositoryName,
    { digest, size }: Transfer,
    range: ByteRange | undefined,
  ): Promise<ServedBlob> {
    const transfer = this.#ports.transfers.startApart(repository, digest, size);
    return serve(transfer, transfer.reader(), range, 'miss');
  }

  /** That the blob is here, and how large it is, is told only to those who may read it. */
  async #openStored(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
  ): Promise<OpenBlob | undefined> {
    try {
      const rescue: Rescue = (rest, cause) => this.#rescue(repository, digest, rest, cause);
      return await this.#ports.stored.open(repository, digest, range, rescue);
    } catch (error) {
      if (error instanceof RangeNotSatisfiable) await this.#permit(repository, digest);
      throw error;
    }
  }

  /** The rest of a blob that the storage has stopped giving; from the upstream alone. */
  async #rescue(
    repository: RepositoryName,
    digest: Digest,
    rest: ByteRange,
    cause: unknown,
  ): Promise<ByteReader> {
    try {
      const { range, reader } = await this.#fetch(repository, digest, rest, true);
      if (range !== undefined) return reader;
      reader.close(); // one that cannot begin where the client is
    } catch (error) {
      throw this.#failure(repository, digest, error);
    }
    throw cause;
  }

  /**
   * From the download that is running, or else from a new one.
   *
   * @param anew whatever is in the storage
   */
  async #fetch(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
    anew = false,
  ): Promise<ServedBlob> {
    try {
      return await this.#download(repository, digest, range, anew);
    } catch (error) {
      if (!(error instanceof StoredMeanwhile)) throw error;
    }
    const blob = await this.#openStored(repository, digest, range);
    if (blob !== undefined) return this.#serveStored(repository, digest, blob);
    return this.#download(repository, digest, range, true);
  }

  async #download(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
    anew: boolean,
  ): Promise<ServedBlob> {
    const { transfers, shelf } = this.#ports;
    for (;;) {
      const running = transfers.get(digest);
      if (running === undefined) {
        const expectedSize = shelf.listedSize(repository, digest);
        const transfer = transfers.start({ repository, digest, expectedSize, anew });
        return serve(transfer, transfer.reader(), range, 'miss');
      }
      if (running.failure === undefined) return this.#join(repository, running, range);
      await running.changed(); // it is about to make room for the next
    }
  }

  async #serveStored(
    repository: RepositoryName,
    digest: Digest,
    blob: OpenBlob,
  ): Promise<ServedBlob> {
    try {
      await this.#permit(repository, digest);
    } catch (error) {
      blob.close();
      throw error;
    }
    return { size: blob.size, range: blob.range, source: 'hit', reader: blob };
  }

  async #permit(repository: RepositoryName, digest: Digest): Promise<void> {
    const { access } = this.#ports;
    if (!(await access.isGranted(repository, digest))) await access.ask(repository, digest);
  }

  /**
   * Clients go to the Hub by themselves when a mirror does not have a blob (404), dockerd at once;
   * after a server's error (5xx) it tries the mirror for another minute. So once the manifest has been
   * served, a blob that cannot be had is one that the mirror does not have.
   */
  #failure(repository: RepositoryName, digest: Digest, error: unknown): unknown {
    const isServed = this.#ports.shelf.listedSize(repository, digest) !== undefined;
    const isRefusal = error instanceof TooManyRequests; // after that they go at once, too
    const isFailure = error instanceof UpstreamFailure && !isRefusal;
    return isServed && isFailure ? new BlobUnavailable(error) : error;
  }
}

/** Whether the upstream refused the blob to the repository that asked first, which is not this one. */
function isRefusalOfAnother(
  repository: RepositoryName,
  { failure, origin }: Transfer,
  error: unknown,
): boolean {
  return error === failure && !(error instanceof UpstreamFailure) && origin !== repository;
}

/** The transfer could not be stored, and has gone on from what the reader wants. */
class TooLate extends Error {}

/** Waits for the upstream's first sign, and turns the reader to the part that the client wants. */
async function serve(
  transfer: Transfer,
  reader: TransferReader,
  range: ByteRange | undefined,
  source: Source,
): Promise<ServedBlob> {
  try {
    await transfer.opened();
    const { size } = transfer;
    // A part of a blob whose size nobody announces cannot be told: the whole is sent.
    const part = range && size !== undefined ? resolveRange(range, size) : undefined;
    if (part !== undefined) reader.limitTo(part);
    if (transfer.failure !== undefined) throw transfer.failure;
    if (!transfer.reaches(reader.position)) throw new TooLate();
    const origin = source === 'miss' && transfer.isFollowing ? 'joined' : source;
    return { size, range: part, source: origin, reader };
  } catch (error) {
    reader.close();
    throw error;
  }
}
