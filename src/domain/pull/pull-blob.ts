import { type ByteRange, resolveRange } from '../byte-range.ts';
import type { Digest } from '../digest.ts';
import { RangeNotSatisfiable } from '../errors.ts';
import type { BlobStore, OpenBlob } from '../ports/blob-store.ts';
import type { Events } from '../ports/events.ts';
import type { ServedBlob, Source } from '../ports/mirror.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { BlobAccess } from './blob-access.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { Transfer } from './transfer.ts';
import type { TransferReader } from './transfer-reader.ts';
import type { Transfers } from './transfers.ts';

export interface PullBlobPorts {
  readonly blobs: BlobStore;
  readonly access: BlobAccess;
  readonly shelf: ManifestShelf;
  readonly transfers: Transfers;
  readonly upstream: Upstream;
  readonly events: Events;
}

/** Serves a blob: the one in storage, the one that is being downloaded, or a new download. */
export class PullBlob {
  readonly #ports: PullBlobPorts;

  constructor(ports: PullBlobPorts) {
    this.#ports = ports;
  }

  async open(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<ServedBlob> {
    const { transfers, shelf } = this.#ports;
    for (;;) {
      const running = transfers.get(digest);
      if (running !== undefined) return this.#join(repository, running, range);
      const { committed } = transfers;
      const stored = await this.#openStored(repository, digest, range);
      if (stored !== undefined) return this.#serveStored(repository, digest, stored);
      // While we looked in vain, another client's download may have begun, or even ended.
      if (transfers.get(digest) !== undefined || transfers.committed !== committed) continue;
      const transfer = transfers.start(repository, digest, shelf.listedSize(repository, digest));
      return serve(transfer, transfer.reader(), range, 'miss');
    }
  }

  /** The blob's size in bytes, from whatever knows it; the upstream is asked last. */
  async stat(repository: RepositoryName, digest: Digest): Promise<number> {
    const { access, shelf, transfers, upstream } = this.#ports;
    const listed = shelf.listedSize(repository, digest);
    if (listed !== undefined) return listed;
    const here = transfers.get(digest)?.size ?? (await this.#statStored(repository, digest));
    if (here !== undefined && (await access.isGranted(repository, digest))) return here;
    return upstream.statBlob(repository, digest);
  }

  async #join(
    repository: RepositoryName,
    running: Transfer,
    range: ByteRange | undefined,
  ): Promise<ServedBlob> {
    const reader = running.reader(); // before any waiting: it keeps the bytes from going
    try {
      await this.#permit(repository, running.digest);
      running.repositories.add(repository);
      return await serve(running, reader, range, 'joined');
    } catch (error) {
      reader.close();
      if (error instanceof TooLate) return this.#downloadApart(repository, running, range);
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

  /** A storage that cannot be read is a miss: the upstream may still have what the client wants. */
  async #openStored(
    repository: RepositoryName,
    digest: Digest,
    range: ByteRange | undefined,
  ): Promise<OpenBlob | undefined> {
    try {
      return await this.#ports.blobs.open(digest, range);
    } catch (cause) {
      if (cause instanceof RangeNotSatisfiable) throw cause;
      this.#unreadable(repository, digest, cause);
      return undefined;
    }
  }

  async #statStored(repository: RepositoryName, digest: Digest): Promise<number | undefined> {
    try {
      return await this.#ports.blobs.stat(digest);
    } catch (cause) {
      this.#unreadable(repository, digest, cause);
      return undefined;
    }
  }

  #unreadable(repository: RepositoryName, digest: Digest, cause: unknown): void {
    this.#ports.events.emit({ type: 'unreadable', repository, what: `blob ${digest}`, cause });
  }
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
    if (!transfer.reaches(reader.position)) throw new TooLate();
    return { size, range: part, source, reader };
  } catch (error) {
    reader.close();
    throw error;
  }
}
