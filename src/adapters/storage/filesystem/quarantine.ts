import { rm } from 'node:fs/promises';
import { algorithmOf, type Digest, encodedOf } from '../../../domain/digest.ts';
import type { Disk } from './disk.ts';
import { inFolderOf } from './durable.ts';
import { namesIn } from './present.ts';

const AT_MOST = 16;
const KEPT_FOR_MS = 7 * 24 * 60 * 60 * 1000;
const TIME = /\.(\d+)$/;

/** Where damaged blobs are for a while, so that somebody can find out what happened to them. */
export class Quarantine {
  readonly #folder: string;
  readonly #disk: Disk;

  constructor(folder: string, disk: Disk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Moves the blob's file here, which must be there. */
  async take(digest: Digest, path: string): Promise<void> {
    const name = `${algorithmOf(digest)}-${encodedOf(digest)}.${Date.now()}`;
    const to = `${this.#folder}/${name}`;
    await inFolderOf(this.#disk, to, () => this.#disk.rename(path, to));
    await this.tidy();
  }

  /** Removes what is too old, and the oldest of what is too much; what cannot be removed stays. */
  async tidy(): Promise<void> {
    const names = await namesIn(this.#folder).catch(() => []);
    const kept = names.map((name) => ({ name, time: Number(TIME.exec(name)?.[1] ?? 0) }));
    kept.sort((a, b) => b.time - a.time);
    const oldest = Date.now() - KEPT_FOR_MS;
    for (const [at, { name, time }] of kept.entries()) {
      if (at < AT_MOST && time >= oldest) continue;
      await rm(`${this.#folder}/${name}`, { recursive: true, force: true }).catch(() => {});
    }
  }
}
