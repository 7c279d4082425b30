import { StorageFailed } from '../../../../domain/errors.ts';
import { formatBytes } from '../../../../domain/upkeep/byte-size.ts';

/** How much of the local staging is taken. */
export class StagingRoom {
  readonly #bytes: number;
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** How many bytes are missing before `more` can be taken; 0 if there is room. */
  missing(more: number): number {
    return Math.max(0, this.#taken + more - this.#bytes);
  }

  /** What is there already counts, whatever the bound is. */
  add(bytes: number): void {
    this.#taken += bytes;
  }

  /** @throws StorageFailed if there is no room */
  take(bytes: number): void {
    if (this.missing(bytes) > 0) {
      const limit = formatBytes(this.#bytes);
      throw new StorageFailed(`the local staging is full (${limit}): raise storage.s3.stagingsize`);
    }
    this.add(bytes);
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
