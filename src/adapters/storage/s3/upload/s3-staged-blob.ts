import { StorageFailed } from '../../../../domain/errors.ts';
import type { StagedBlob } from '../../../../domain/ports/blob-store.ts';
import { orS3Failed } from '../s3-errors.ts';

/** Its way into the bucket. */
export interface Upload {
  /** There are `length` bytes now, and will be more. */
  advance(length: number): void;
  /** Makes the blob visible, which is `length` bytes long. */
  complete(length: number): Promise<void>;
  /** Leaves nothing behind; waits until that is so. */
  abort(): Promise<void>;
}

/** What a staged blob needs of its surroundings. */
export interface StagedBlobHost {
  /** Makes room for so many more bytes. */
  reserve(bytes: number): Promise<void>;
  /** They did not come. */
  release(bytes: number): void;
  /** The blob is in the bucket. */
  committed(size: number): void;
  /** What the upload has left in the bucket is removed behind the caller's back. */
  abort(upload: Upload): void;
  /** The blob holds nothing any more; it may have left its bytes to the next. */
  closed(blob: S3StagedBlob, left: number): void;
}

/**
 * A blob on its way into the bucket, by way of a local one: its readers read that. What is done to it
 * is done in the order of the calls.
 */
export class S3StagedBlob implements StagedBlob {
  readonly #local: StagedBlob;
  readonly #upload: Upload;
  readonly #host: StagedBlobHost;
  #state: 'staged' | 'committed' | 'suspended' | 'discarded' = 'staged';
  #broken: StorageFailed | undefined;
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(local: StagedBlob, upload: Upload, host: StagedBlobHost) {
    this.#local = local;
    this.#upload = upload;
    this.#host = host;
  }

  get length(): number {
    return this.#local.length;
  }

  append(pieces: readonly Uint8Array[]): Promise<void> {
    return this.#next('the blob could not be stored', () => this.#append(pieces));
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    return this.#local.readAt(position, scratch);
  }

  commit(): Promise<void> {
    return this.#next('the blob could not be stored', () => this.#commit());
  }

  discard(): Promise<void> {
    return this.#next('the staged blob could not be removed', () => this.#discard());
  }

  suspend(): Promise<void> {
    return this.#next('the staged blob could not be kept', () => this.#suspend());
  }

  close(): void {
    void this.closed();
  }

  /** Closes it, and waits for what it was doing. */
  closed(): Promise<void> {
    this.#closing ??= this.discard()
      .catch(() => {})
      .then(() => {
        this.#local.close();
        this.#host.closed(this, this.#state === 'suspended' ? this.length : 0);
      });
    return this.#closing;
  }

  #next(what: string, act: () => Promise<void>): Promise<void> {
    this.#last = orS3Failed(what, this.#last.then(act, act));
    return this.#last;
  }

  async #append(pieces: readonly Uint8Array[]): Promise<void> {
    this.#mustBeStaged();
    try {
      await this.#appendLocally(pieces);
    } catch (error) {
      this.#broken = error instanceof StorageFailed ? error : new StorageFailed(String(error));
      throw error;
    }
    this.#upload.advance(this.length);
  }

  async #appendLocally(pieces: readonly Uint8Array[]): Promise<void> {
    const more = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const expected = this.length + more;
    await this.#host.reserve(more);
    try {
      await this.#local.append(pieces);
    } finally {
      this.#host.release(expected - this.length);
    }
  }

  /** What the bucket does not take stays here: the next one to want it need not fetch it again. */
  async #commit(): Promise<void> {
    if (this.#state === 'committed') return;
    this.#mustBeStaged();
    try {
      await this.#upload.complete(this.length);
    } catch (error) {
      await this.#suspend().catch(() => {});
      throw error;
    }
    this.#state = 'committed';
    this.#host.committed(this.length);
    // One that cannot be removed now is removed when it is too old.
    await this.#local.discard().catch(() => {});
  }

  async #discard(): Promise<void> {
    if (this.#state !== 'staged') return;
    this.#state = 'discarded';
    this.#host.abort(this.#upload);
    await this.#local.discard();
  }

  async #suspend(): Promise<void> {
    if (this.length === 0 || this.#broken !== undefined) return this.#discard();
    if (this.#state !== 'staged') return;
    this.#host.abort(this.#upload);
    await this.#local.suspend();
    this.#state = 'suspended';
  }

  #mustBeStaged(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#state !== 'staged') throw new StorageFailed(`the blob is ${this.#state} already`);
  }
}
