import type { Digest } from '../../../../domain/digest.ts';
import { StorageFailed } from '../../../../domain/errors.ts';
import type { StagedBlob } from '../../../../domain/ports/blob-store.ts';
import { Slots } from '../../../../domain/pull/slots.ts';
import { blobKey } from '../../../../domain/registry-layout.ts';
import type { S3Bucket } from '../s3-bucket.ts';
import type { S3Options } from '../s3-options.ts';
import { BlobUpload } from './blob-upload.ts';
import { S3StagedBlob, type StagedBlobHost, type Upload } from './s3-staged-blob.ts';
import { StagingRoom } from './staging-room.ts';

/** How many parts, or small blobs, are in memory on their way to the bucket at a time. */
const AT_A_TIME = 4;

/** For what only lies here for a while. */
const NO_UPLOAD: Upload = {
  advance: () => {},
  complete: () => Promise.reject(new StorageFailed('the blob is for its readers alone')),
  abort: () => Promise.resolve(),
};

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
    const { partBytes } = this.#options;
    const options = { bucket: this.#bucket, key: blobKey(digest), partBytes, slots: this.#slots };
    return this.#stage(digest, (staged) => new BlobUpload({ ...options, staged }));
  }

  /**
   * The same for what is not to be uploaded; undefined if there is no room for it.
   *
   * @param size of the whole blob in bytes, where it is known
   */
  async receive(digest: Digest, size: number | undefined): Promise<S3StagedBlob | undefined> {
    const blob = await this.#stage(digest, () => NO_UPLOAD);
    const more = Math.max(0, (size ?? 0) - blob.length);
    await this.#makeRoom(more);
    if (this.#room.missing(more) === 0) return blob;
    await blob.suspend();
    await blob.closed();
    return undefined;
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

  async #stage(digest: Digest, way: (local: StagedBlob) => Upload): Promise<S3StagedBlob> {
    const local = await this.#options.staging.blobs.stage(digest);
    this.#takeUp(digest, local.length);
    const blob = new S3StagedBlob(local, way(local), this.#hostFor(digest));
    this.#open.add(blob);
    return blob;
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
    await this.#makeRoom(bytes);
    this.#room.take(bytes);
  }

  async #makeRoom(bytes: number): Promise<void> {
    for (const left of this.#left) {
      if (this.#room.missing(bytes) === 0) break;
      await this.#drop(left);
    }
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
  #abort(upload: Upload): void {
    const aborting = upload.abort().catch(() => {});
    this.#aborting.add(aborting);
    void aborting.then(() => this.#aborting.delete(aborting));
  }
}
