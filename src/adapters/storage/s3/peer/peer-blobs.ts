import type { Digest } from '../../../../domain/digest.ts';
import type { BlobStore, GrowingBlob } from '../../../../domain/ports/blob-store.ts';
import type { ByteReader } from '../../../../domain/ports/byte-reader.ts';
import type { Clock } from '../../../../domain/ports/clock.ts';
import { GrowingReader } from '../../../../domain/pull/growing-reader.ts';
import type { Uploads } from '../upload/uploads.ts';
import { parseOwnerName } from './owner-name.ts';
import { PeerBlob } from './peer-blob.ts';
import type { PeerClient } from './peer-client.ts';

export interface PeerBlobsPorts {
  readonly uploads: Pick<Uploads, 'receive'>;
  /** The blobs in the bucket. */
  readonly stored: Pick<BlobStore, 'open'>;
  /** What is staged in the same place as our own. */
  readonly staging: Pick<BlobStore, 'follow'>;
  /** Undefined where no other mirror can be asked. */
  readonly client: PeerClient | undefined;
  readonly clock: Clock;
}

/**
 * The downloads of other mirrors that are followed here: those that stage in the same directory by what
 * is there, and the others over HTTP.
 */
export class PeerBlobs {
  readonly #ports: PeerBlobsPorts;
  /** The latest of each blob. */
  readonly #open = new Map<Digest, PeerBlob>();

  constructor(ports: PeerBlobsPorts) {
    this.#ports = ports;
  }

  async follow(
    digest: Digest,
    owner: string,
    size: number | undefined,
  ): Promise<PeerBlob | undefined> {
    if (!(await this.#mayHave(digest, owner))) return undefined;
    await this.handOver(digest);
    const staged = await this.#ports.uploads.receive(digest, size);
    if (staged === undefined) return undefined;
    const blob = await PeerBlob.open(
      {
        digest,
        size,
        staged,
        open: (from, offset) => this.#openAt(digest, from, offset),
        closed: (closed) => {
          if (this.#open.get(digest) === closed) this.#open.delete(digest);
        },
      },
      owner,
    );
    if (blob !== undefined) this.#open.set(digest, blob);
    return blob;
  }

  /** What this mirror, or one that stages in the same place, has of the blob. */
  async share(digest: Digest, owner: string): Promise<GrowingBlob | undefined> {
    const name = parseOwnerName(owner);
    return name && this.#ports.staging.follow?.(digest, name.staging);
  }

  /** Leaves what has come of the blob to whoever stages it next. */
  async handOver(digest: Digest): Promise<void> {
    const blob = this.#open.get(digest);
    this.#open.delete(digest);
    await blob?.handOver();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((blob) => blob.closed()));
  }

  /** Found out before anything is staged for it. */
  async #mayHave(digest: Digest, owner: string): Promise<boolean> {
    const url = parseOwnerName(owner)?.url;
    if (url !== undefined && this.#ports.client?.mayAsk(url) === true) return true;
    const here = await this.share(digest, owner);
    here?.close();
    return here !== undefined;
  }

  async #openAt(
    digest: Digest,
    owner: string | undefined,
    offset: number,
  ): Promise<ByteReader | undefined> {
    const { stored, client, clock } = this.#ports;
    if (owner === undefined)
      return stored.open(digest, { kind: 'from', first: offset, last: undefined });
    const here = await this.share(digest, owner);
    if (here !== undefined) return new GrowingReader(here, clock, offset);
    const url = parseOwnerName(owner)?.url;
    return url === undefined ? undefined : client?.open(url, { digest, owner, offset });
  }
}
