import { StorageFailed } from '../errors.ts';
import { pause } from '../pause.ts';
import type { GrowingBlob } from '../ports/blob-store.ts';
import type { ByteReader } from '../ports/byte-reader.ts';
import type { Clock } from '../ports/clock.ts';

const NOTHING = new Uint8Array(0);

/** How often one looks how far it has come, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** After how long without a byte it is taken for abandoned, in milliseconds. */
const ABANDONED_AFTER_MS = 60_000;

/** Reads what somebody stages, while it comes; it ends when nothing more will. */
export class GrowingReader implements ByteReader {
  readonly #blob: GrowingBlob;
  readonly #clock: Clock;
  #position: number;
  #isClosed = false;

  constructor(blob: GrowingBlob, clock: Clock, offset: number) {
    this.#blob = blob;
    this.#clock = clock;
    this.#position = offset;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    if (this.#position >= this.#blob.length && !(await this.#grows())) return NOTHING;
    const bytes = await this.#blob.readAt(this.#position, scratch);
    this.#position += bytes.byteLength;
    return bytes;
  }

  close(): void {
    this.#isClosed = true;
    this.#blob.close();
  }

  /** Waits for more; false if there will be none. */
  async #grows(): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < ABANDONED_AFTER_MS; waitedMs += LOOK_EVERY_MS) {
      if (this.#isClosed) throw new StorageFailed('the download was read after it was closed');
      await this.#blob.look();
      if (this.#position < this.#blob.length) return true;
      if (!this.#blob.isThere) return false;
      await pause(this.#clock, LOOK_EVERY_MS);
    }
    return false;
  }
}
