import type { GrowingBlob } from '../ports/blob-store.ts';
import type { ByteSource } from './byte-source.ts';

/** What another process has downloaded so far, for the readers of this one. */
export class FollowedBlob implements ByteSource {
  readonly #blob: GrowingBlob;
  #readTo = 0;

  constructor(blob: GrowingBlob) {
    this.#blob = blob;
  }

  get end(): number {
    return this.#blob.length;
  }

  /** Up to which offset readers may have seen its bytes. */
  get readTo(): number {
    return this.#readTo;
  }

  /** Whether the one who downloads it, or its successor, may still go on with it. */
  get isThere(): boolean {
    return this.#blob.isThere;
  }

  /** Whether it has found itself whole; undefined if it is for others to say. */
  get isVerified(): boolean | undefined {
    return this.#blob.isVerified;
  }

  /** Goes on with another owner's, or, without one, with what is stored. */
  async turnTo(owner: string | undefined): Promise<void> {
    await this.#blob.turnTo?.(owner);
  }

  /** Finds out how far it has come; whether that is further than before. */
  async look(): Promise<boolean> {
    const before = this.#blob.length;
    await this.#blob.look();
    return this.#blob.length > before;
  }

  reaches(): boolean {
    return true;
  }

  async at(offset: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    const bytes = await this.#blob.readAt(offset, scratch);
    this.#readTo = Math.max(this.#readTo, offset + bytes.byteLength);
    return bytes;
  }

  readerMoved(): void {}

  close(): void {
    this.#blob.close();
  }
}
