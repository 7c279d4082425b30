import {
  type ByteRange,
  type ResolvedRange,
  resolveRange,
  contentRange as written,
} from '../../../domain/byte-range.ts';
import type { Digest } from '../../../domain/digest.ts';
import { canHaveSize } from '../../../domain/empty-blob.ts';
import { RangeNotSatisfiable, StorageFailed } from '../../../domain/errors.ts';
import type {
  BlobStore,
  GrowingBlob,
  OpenBlob,
  StagedBlob,
  StoredBlob,
} from '../../../domain/ports/blob-store.ts';
import { Turns } from '../../../domain/pull/turns.ts';
import { blobKey } from '../../../domain/registry-layout.ts';
import { blobsIn } from './blob-listing.ts';
import { PeerBlobs } from './peer/peer-blobs.ts';
import { PeerClient } from './peer/peer-client.ts';
import { S3Blob } from './s3-blob.ts';
import type { OpenObject, S3Bucket } from './s3-bucket.ts';
import { orS3Failed, s3Failed, statusOf } from './s3-errors.ts';
import type { S3Options } from './s3-options.ts';
import { Uploads } from './upload/uploads.ts';

const UNREADABLE = 'the blob could not be read';

export class S3BlobStore implements BlobStore {
  readonly #options: S3Options;
  readonly #bucket: () => Promise<S3Bucket>;
  readonly #uploads: Uploads;
  readonly #peers: PeerBlobs;
  /** Each look is a request, or two. */
  readonly followEveryMs = 250;
  /** S3 does not tell whether a DELETE removed anything, so it is looked at before. */
  readonly #turns = new Turns();
  readonly urlOf?: (digest: Digest) => Promise<string | undefined>;

  constructor(options: S3Options, bucket: () => Promise<S3Bucket>) {
    this.#options = options;
    this.#bucket = bucket;
    this.#uploads = new Uploads(options, bucket);
    const { peers, clock, warn, staging } = options;
    this.#peers = new PeerBlobs({
      uploads: this.#uploads,
      stored: this,
      staging: staging.blobs,
      client: peers && new PeerClient({ signer: peers.signer, clock, warn }),
      clock,
    });
    if (options.redirects !== undefined) {
      this.urlOf = (digest) => orS3Failed('the blob could not be found', this.#urlOf(digest));
    }
  }

  stat(digest: Digest): Promise<number | undefined> {
    const known = this.#options.sizes.get(digest);
    return known === undefined
      ? orS3Failed(UNREADABLE, this.#head(digest))
      : Promise.resolve(known);
  }

  open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    return this.#open(digest, range).catch((error) => {
      throw error instanceof RangeNotSatisfiable ? error : s3Failed(UNREADABLE, error);
    });
  }

  stage(digest: Digest): Promise<StagedBlob> {
    return orS3Failed('no room for a blob could be made', this.#stage(digest));
  }

  follow(digest: Digest, owner: string, size?: number): Promise<GrowingBlob | undefined> {
    return orS3Failed(UNREADABLE, this.#peers.follow(digest, owner, size));
  }

  share(digest: Digest, owner: string): Promise<GrowingBlob | undefined> {
    return orS3Failed(UNREADABLE, this.#peers.share(digest, owner));
  }

  delete(digest: Digest): Promise<boolean> {
    const act = (): Promise<boolean> => this.#delete(digest);
    return orS3Failed('the blob could not be removed', this.#turns.run(digest, act));
  }

  deleteMany(digests: readonly Digest[]): Promise<void> {
    return orS3Failed('blobs could not be removed', this.#deleteMany(digests));
  }

  /** A damaged object is removed: what is kept of it is for the bucket's versioning to say. */
  setAside(digest: Digest): Promise<boolean> {
    return this.delete(digest);
  }

  async *list(): AsyncGenerator<StoredBlob> {
    try {
      yield* blobsIn(await this.#bucket());
    } catch (cause) {
      throw s3Failed('the blobs could not be listed', cause);
    }
  }

  /** Keeps what was not committed for whoever starts next. */
  async close(): Promise<void> {
    await this.#peers.close();
    await this.#uploads.close();
  }

  /** What was followed until now is gone on with. */
  async #stage(digest: Digest): Promise<StagedBlob> {
    await this.#peers.handOver(digest);
    return this.#uploads.stage(digest);
  }

  async #head(digest: Digest): Promise<number | undefined> {
    const size = await (await this.#bucket()).head(blobKey(digest));
    return this.#noted(digest, size);
  }

  /** One request: what is known of a blob is only good for saying whether it is there. */
  async #open(digest: Digest, range: ByteRange | undefined): Promise<OpenBlob | undefined> {
    // "The last 0 bytes" are not the same to all services.
    if (range?.kind === 'suffix' && range.length === 0) return this.#unsatisfiable(digest, range);
    let object: OpenObject | undefined;
    try {
      object = await (await this.#bucket()).get(blobKey(digest), range && headerOf(range));
    } catch (error) {
      if (range !== undefined && statusOf(error) === 416) return this.#unsatisfiable(digest, range);
      throw error;
    }
    if (this.#noted(digest, object?.size) === undefined) object?.body.destroy();
    else if (object !== undefined) return this.#blobOf(digest, object, range);
    return undefined;
  }

  #blobOf(digest: Digest, object: OpenObject, range: ByteRange | undefined): OpenBlob {
    try {
      const part = range && resolveRange(range, object.size);
      mustBe(object, part);
      return new S3Blob(object, part, (first, last) => this.#reopen(digest, first, last));
    } catch (error) {
      object.body.destroy();
      throw error;
    }
  }

  async #reopen(digest: Digest, first: number, last: number): Promise<OpenObject | undefined> {
    const range = { kind: 'from', first, last } as const;
    const getting = this.#bucket().then((bucket) => bucket.get(blobKey(digest), headerOf(range)));
    const object = await orS3Failed(UNREADABLE, getting);
    if (object !== undefined) mustBe(object, { first, last });
    return object;
  }

  /** The answer has to name the size. */
  async #unsatisfiable(digest: Digest, range: ByteRange): Promise<undefined> {
    const size = await this.#head(digest);
    if (size === undefined) return undefined;
    resolveRange(range, size);
    throw new StorageFailed('the S3 service does not have a part of a blob that exists');
  }

  /** A blob that others have removed must not be promised to a client. */
  async #urlOf(digest: Digest): Promise<string | undefined> {
    if ((await this.#head(digest)) === undefined) return undefined;
    return (await this.#bucket()).presign(blobKey(digest));
  }

  async #delete(digest: Digest): Promise<boolean> {
    const bucket = await this.#bucket();
    const key = blobKey(digest);
    const size = await bucket.head(key);
    this.#options.sizes.delete(digest);
    if (size === undefined) return false;
    await bucket.delete(key);
    return canHaveSize(digest, size);
  }

  async #deleteMany(digests: readonly Digest[]): Promise<void> {
    for (const digest of digests) this.#options.sizes.delete(digest);
    await (await this.#bucket()).deleteMany(digests.map(blobKey));
  }

  /** Remembers the size of what is there, and forgets what is not, or cannot be that blob. */
  #noted(digest: Digest, size: number | undefined): number | undefined {
    const { sizes } = this.#options;
    const isThere = size !== undefined && canHaveSize(digest, size);
    if (isThere) sizes.set(digest, size);
    else sizes.delete(digest);
    return isThere ? size : undefined;
  }
}

function headerOf(range: ByteRange): string {
  if (range.kind === 'suffix') return `bytes=-${range.length}`;
  return `bytes=${range.first}-${range.last ?? ''}`;
}

/** @throws StorageFailed if what comes is not the part that was asked for */
function mustBe({ size, contentRange }: OpenObject, part: ResolvedRange | undefined): void {
  if (part === undefined && contentRange === undefined) return;
  if (part !== undefined && contentRange === written(part, size)) return;
  const isWhole = part?.first === 0 && part.last === size - 1;
  if (isWhole && contentRange === undefined) return;
  throw new StorageFailed('the S3 service sent another part of an object than the one asked for');
}
