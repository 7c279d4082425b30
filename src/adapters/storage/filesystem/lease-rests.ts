import { type Dirent, promises } from 'node:fs';
import type { Disk } from './disk.ts';

/** Whoever holds a lease gives a sign of life every few seconds, and an outcome is read at once. */
const USELESS_AFTER_MS = 24 * 60 * 60 * 1000;

const SWEEP_EVERY_MS = 60 * 60 * 1000;

/**
 * What is left of leases: the outcomes of tags that nobody asks for any more, what belonged to those
 * who died, and a folder for each repository that a client has made up.
 */
export class LeaseRests {
  readonly #folder: string;
  readonly #disk: Disk;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(folder: string, disk: Disk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Removes them, now and from time to time. */
  start(): void {
    this.#sweeping = this.#sweep(this.#folder);
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.#sweep(this.#folder));
    }, SWEEP_EVERY_MS).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** What cannot be removed stays. Whoever needs a folder that goes just then makes it again. */
  async #sweep(folder: string): Promise<void> {
    for (const entry of await entriesOf(folder)) {
      if (this.#isClosed) return;
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory()) await this.#removeIfOld(path);
      else {
        await this.#sweep(path);
        await this.#disk.rmdir(path).catch(() => {});
      }
    }
  }

  async #removeIfOld(path: string): Promise<void> {
    try {
      const { mtimeMs } = await promises.lstat(path);
      if (Date.now() - mtimeMs > USELESS_AFTER_MS) await this.#disk.unlink(path);
    } catch {
      // Somebody else has removed it.
    }
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return promises.readdir(folder, { withFileTypes: true }).catch(() => []);
}
