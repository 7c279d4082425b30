import type { Digest } from '../../../../domain/digest.ts';
import { Slots } from '../../../../domain/pull/slots.ts';
import { blobKey } from '../../../../domain/registry-layout.ts';
import type { S3Bucket } from '../s3-bucket.ts';
import type { S3Options } from '../s3-options.ts';
import { BlobUpload } from './blob-upload.ts';
import { S3StagedBlob, type StagedBlobHost } from './s3-staged-blob.ts';
import { StagingRoom } from './staging-room.ts';

/** How many parts, or small blobs, are in memory on their way to the bucket at a time. */
const AT_A_TIME = 4;

/** What was left to the next one that wants the blob. */
interface Left {
  readonly digest: Digest;
  readonly bytes: number;
}

/** The blobs on their way into the bucket, and what lies in the local staging for them. */
export class Uploads {
  readonly #options: S3Options;
  readonly #bucket: () => Promise<S3Bucket>;
  readonly #slots = new Slots(AT_A_TIME);
  readonly #room: StagingRoom;
  readonly #open = new Set<S3StagedBlob>();
  /** The oldest first. */
  readonly #left = new Set<Left>();
  readonly #aborting = new Set<Promise<void>>();

  constructor(options: S3Options, bucket: () => Promise<S3Bucket>) {
    this.#options = options;
    this.#bucket = bucket;
    this.#room = new StagingRoom(options.stagingBytes);
  }

  async stage(digest: Digest): Promise<S3StagedBlob> {
    const local = await this.#options.staging.blobs.stage(digest);
    this.#takeUp(digest, local.length);
    const { partBytes } = this.#options;
    const upload = new BlobUpload({
      bucket: this.#bucket,
      key: blobKey(digest),
      staged: local,
      partBytes,
      slots: this.#slots,
    });
    const blob = new S3StagedBlob(local, upload, this.#hostFor(digest));
    this.#open.add(blob);
    return blob;
  }

  /** Keeps what has come for whoever starts next. */
  async close(): Promise<void> {
    const closing = [...this.#open].map(async (blob) => {
      await blob.suspend().catch(() => {});
      await blob.closed();
    });
    await Promise.all(closing);
    await Promise.all(this.#aborting);
  }

  #hostFor(digest: Digest): StagedBlobHost {
    return {
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => this.#room.give(bytes),
      committed: (size) => this.#options.sizes.set(digest, size),
      abort: (upload) => this.#abort(upload),
      closed: (blob, left) => this.#closed(blob, digest, left),
    };
  }

  async #reserve(bytes: number): Promise<void> {
    for (const left of this.#left) {
      if (this.#room.missing(bytes) === 0) break;
      await this.#drop(left);
    }
    this.#room.take(bytes);
  }

  /** Removes what was left: whoever stages it can. */
  async #drop({ digest }: Left): Promise<void> {
    const local = await this.#options.staging.blobs.stage(digest);
    this.#takeUp(digest, local.length);
    const { length } = local;
    try {
      await local.discard();
    } finally {
      local.close();
      this.#room.give(length);
    }
  }

  /** So many bytes of the blob are in use; what was known to be left of it is that, or is gone. */
  #takeUp(digest: Digest, length: number): void {
    this.#room.add(length);
    for (const left of this.#left) {
      if (left.digest !== digest || (left.bytes !== length && length > 0)) continue;
      this.#left.delete(left);
      this.#room.give(left.bytes);
      if (length > 0) return;
    }
  }

  #closed(blob: S3StagedBlob, digest: Digest, left: number): void {
    this.#open.delete(blob);
    if (left > 0) this.#left.add({ digest, bytes: left });
    else this.#room.give(blob.length);
  }

  /** What stays there is removed by the sweep of a later start. */
  #abort(upload: BlobUpload): void {
    const aborting = upload.abort().catch(() => {});
    this.#aborting.add(aborting);
    void aborting.then(() => this.#aborting.delete(aborting));
  }
}
