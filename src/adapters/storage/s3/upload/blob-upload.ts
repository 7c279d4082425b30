import { StorageFailed } from '../../../../domain/errors.ts';
import type { StagedBlob } from '../../../../domain/ports/blob-store.ts';
import type { Slots } from '../../../../domain/pull/slots.ts';
import type { S3Bucket } from '../s3-bucket.ts';
import { codeOf } from '../s3-errors.ts';
import type { Upload } from './s3-staged-blob.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;

export interface BlobUploadOptions {
  readonly bucket: () => Promise<S3Bucket>;
  readonly key: string;
  /** Where the bytes are. */
  readonly staged: Pick<StagedBlob, 'readAt'>;
  readonly partBytes: number;
  /** Shared by all uploads: each holds a part in memory. */
  readonly slots: Slots;
}

/**
 * A blob's way into the bucket: by one request if it is small, else in parts, all but the last of
 * one size (Cloudflare's R2 wants that). They go up while the rest is still coming, but nothing is
 * visible before `complete`.
 */
export class BlobUpload implements Upload {
  readonly #options: BlobUploadOptions;
  readonly #etags: string[] = [];
  #id: Promise<string> | undefined;
  #sending: Promise<unknown>[] = [];
  #begun = 0;
  #isOver = false;

  constructor(options: BlobUploadOptions) {
    this.#options = options;
  }

  /** Sends the parts that are complete. */
  advance(length: number): void {
    const { partBytes } = this.#options;
    // With one byte more than a part it is sure that there are two.
    for (; (this.#begun + 1) * partBytes < length; this.#begun++) {
      const number = this.#begun + 1;
      // One that fails is sent again at the end.
      this.#sending.push(this.#send(number, partBytes).catch(() => {}));
    }
  }

  async complete(length: number): Promise<void> {
    const { bucket, key, partBytes, slots } = this.#options;
    if (length > partBytes) return this.#completeParts(length);
    await slots.run(async () => (await bucket()).put(key, await this.#bytes(0, length)));
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await Promise.allSettled(this.#sending);
    const id = await this.#id?.catch(() => undefined);
    if (id === undefined) return;
    const { bucket, key } = this.#options;
    await (await bucket()).abortUpload(key, id);
  }

  async #completeParts(length: number): Promise<void> {
    const { partBytes } = this.#options;
    const count = Math.ceil(length / partBytes);
    if (count > MOST_PARTS) {
      throw new StorageFailed(`a blob of ${length} bytes has too many parts: raise chunksize`);
    }
    await Promise.all(this.#sending);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const missing = numbers.filter((number) => this.#etags[number - 1] === undefined);
    const size = (number: number): number =>
      number === count ? length - (count - 1) * partBytes : partBytes;
    this.#sending = missing.map((number) => this.#send(number, size(number)));
    await Promise.allSettled(this.#sending); // none may still run when the upload is aborted
    await Promise.all(this.#sending);
    await this.#finish(length);
    this.#isOver = true;
  }

  async #finish(length: number): Promise<void> {
    const bucket = await this.#options.bucket();
    const { key } = this.#options;
    try {
      await bucket.completeUpload(key, await this.#started(), this.#etags);
    } catch (error) {
      // An attempt whose answer was lost may have done it.
      const isDone = codeOf(error) === 'NoSuchUpload' && (await bucket.head(key)) === length;
      if (!isDone) throw error;
    }
  }

  async #send(number: number, size: number): Promise<void> {
    const { bucket, key, partBytes, slots } = this.#options;
    await slots.run(async () => {
      if (this.#isOver) return;
      const id = await this.#started();
      const bytes = await this.#bytes((number - 1) * partBytes, size);
      this.#etags[number - 1] = await (await bucket()).uploadPart(key, id, number, bytes);
    });
  }

  /** The upload's name; one that could not be had is asked for again by the next part. */
  #started(): Promise<string> {
    const { bucket, key } = this.#options;
    this.#id ??= bucket()
      .then((ready) => ready.startUpload(key))
      .catch((error) => {
        this.#id = undefined;
        throw error;
      });
    return this.#id;
  }

  async #bytes(start: number, size: number): Promise<Uint8Array> {
    const { staged } = this.#options;
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const room = bytes.subarray(at);
      const piece = await staged.readAt(start + at, () => room);
      const part = piece.subarray(0, room.length);
      if (part.buffer !== room.buffer) room.set(part);
      at += part.length;
    }
    return bytes;
  }
}
