import { StorageFailed } from '../../../domain/errors.ts';
import type { BlobStore } from '../../../domain/ports/blob-store.ts';
import type { Owners } from '../../../domain/ports/owners.ts';
import type { RecordStore } from '../../../domain/ports/record-store.ts';
import type { StorageEngine } from '../../../domain/ports/storage-engine.ts';
import { probe } from './probe.ts';
import { S3BlobStore } from './s3-blob-store.ts';
import type { S3Bucket } from './s3-bucket.ts';
import type { S3Options } from './s3-options.ts';
import { S3Owner } from './s3-owner.ts';
import { S3RecordStore } from './s3-record-store.ts';
import { sweepUploads } from './sweep.ts';

/** An S3 bucket in the CNCF registry's layout. */
export class S3Storage implements StorageEngine {
  readonly records: RecordStore;
  readonly owners: Owners;
  readonly location: string;
  readonly #options: S3Options;
  readonly #blobs: S3BlobStore;
  #opening: Promise<S3Bucket> | undefined;
  #isConditional = true;
  #isClosed = false;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: S3Options) {
    this.#options = options;
    this.location = locationOf(options);
    const bucket = (): Promise<S3Bucket> => this.#bucket();
    this.#blobs = new S3BlobStore(options, bucket);
    const isConditional = (): boolean => this.#isConditional;
    const local = options.staging.owners;
    this.owners = new S3Owner({ local, url: options.peers?.url, isConditional });
    this.records = new S3RecordStore({ bucket, isConditional });
  }

  get blobs(): BlobStore {
    return this.#blobs;
  }

  async start(): Promise<void> {
    const { staging, warn, clock } = this.#options;
    await staging.start();
    const bucket = await this.#bucket();
    const { isConditional } = await probe(bucket, this.#options, this.location);
    this.#isConditional = isConditional;
    if (!isConditional) {
      warn('the S3 service ignores conditional writes: mirrors of one bucket cannot coordinate');
    }
    this.#sweeping = sweepUploads(bucket, clock.now()).catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#blobs.close();
    this.#isClosed = true;
    const bucket = await this.#opening?.catch(() => undefined);
    bucket?.close();
    await this.#sweeping;
    await this.#options.staging.close();
  }

  /** The SDK takes a while to load, and is of no use to those who keep their cache elsewhere. */
  async #bucket(): Promise<S3Bucket> {
    if (this.#isClosed) throw new StorageFailed('the storage is closed');
    this.#opening ??= import('./s3-bucket.ts').then((module) => new module.S3Bucket(this.#options));
    return this.#opening;
  }
}

function locationOf({ bucket, prefix, connection }: S3Options): string {
  const path = prefix === '' ? bucket : `${bucket}/${prefix}`;
  return connection.endpoint === undefined
    ? `s3://${path}`
    : `s3://${path} at ${connection.endpoint}`;
}
