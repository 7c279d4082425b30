import { basename } from 'node:path';
import type { Digest } from '../../../../domain/digest.ts';
import type { Disk } from '../disk.ts';
import { isAbsence } from '../fs-errors.ts';
import { namesIn } from '../present.ts';
import { publishBlob } from '../publish-blob.ts';
import type { RootFolder } from '../root-folder.ts';
import { GrowingFile } from './growing-file.ts';
import { Leftovers } from './leftovers.ts';
import { parsePartialName, partialName, partialNameStart, suspendedName } from './partial-name.ts';
import { Presence } from './presence.ts';
import { StagedFile, type StagedFileHost } from './staged-file.ts';

/** A tenth of the time after which others take a silent file for abandoned. */
const SIGN_EVERY_MS = 60 * 1000;

const TIDY_EVERY_MS = 60 * 60 * 1000;

/**
 * The blobs on their way in. Each is a file, a partial, whose name tells its digest and its owner:
 * a storage that finds the partial of one that is gone goes on with it.
 */
export class StagingArea {
  readonly #root: RootFolder;
  readonly #disk: Disk;
  readonly #presence: Presence;
  readonly #leftovers: Leftovers;
  readonly #files = new Set<StagedFile>();
  #count = 0;
  #timers: NodeJS.Timeout[] = [];
  #tidying: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(root: RootFolder, disk: Disk) {
    this.#root = root;
    this.#disk = disk;
    this.#presence = new Presence(root.owners);
    this.#leftovers = new Leftovers(root.staging, disk, this.#presence);
  }

  /** Finds what others have left. */
  async start(): Promise<void> {
    await this.#presence.announce();
    await this.#leftovers.find();
    this.#tidying = this.#leftovers.removeOld(() => !this.#isClosed);
    this.#every(SIGN_EVERY_MS, () => this.giveSigns());
    this.#every(TIDY_EVERY_MS, () => this.#tidy());
  }

  get owners(): Presence {
    return this.#presence;
  }

  async stage(digest: Digest): Promise<StagedFile> {
    // Others come and go between our own looks around.
    await this.#leftovers.findOf(digest);
    const name = partialName(digest, this.#presence.self, this.#count++);
    const path = `${this.#root.staging}/${name}`;
    const host = this.#hostFor(digest);
    const file = (await this.#leftovers.take(digest, path))
      ? await this.#reopen(path, host)
      : await StagedFile.create(path, host);
    this.#files.add(file);
    return file;
  }

  /** The newest of that owner's partials: what it could not go on with it removes. */
  async follow(digest: Digest, owner: string): Promise<GrowingFile | undefined> {
    const names = await namesIn(this.#root.staging);
    const newest = newestOf(names, digest, owner);
    if (newest === undefined) return undefined;
    try {
      return await GrowingFile.open(this.#disk, `${this.#root.staging}/${newest}`);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  /** Shows others that what is staged is not abandoned, even if nothing comes for it just now. */
  async giveSigns(): Promise<void> {
    for (const file of this.#files) await file.giveSign().catch(() => {});
  }

  /** Keeps what has come for whoever starts next. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(
      [...this.#files].map(async (file) => {
        await file.suspend().catch(() => {});
        await file.closed();
      }),
    );
    await this.#tidying;
    await this.#presence.withdraw();
  }

  async #reopen(path: string, host: StagedFileHost): Promise<StagedFile> {
    try {
      return await StagedFile.reopen(path, host);
    } catch (error) {
      await this.#suspend(path).catch(() => {});
      throw error;
    }
  }

  #hostFor(digest: Digest): StagedFileHost {
    return {
      disk: this.#disk,
      publish: (path, size) => publishBlob(this.#disk, this.#root, { path, size, digest }),
      suspend: (path) => this.#suspend(path),
      forget: (file) => this.#files.delete(file),
    };
  }

  async #suspend(path: string): Promise<void> {
    const to = suspendedName(path);
    await this.#disk.rename(path, to);
    this.#leftovers.add(basename(to));
  }

  /** Meanwhile others may have left something. */
  async #tidy(): Promise<void> {
    await this.#leftovers.find();
    this.#tidying = this.#leftovers.removeOld(() => !this.#isClosed);
  }

  #every(ms: number, act: () => Promise<void>): void {
    this.#timers.push(setInterval(() => void act(), ms).unref());
  }
}

function newestOf(names: readonly string[], digest: Digest, owner: string): string | undefined {
  const start = partialNameStart(digest);
  let newest: { name: string; number: number } | undefined;
  for (const name of names) {
    if (!name.startsWith(start)) continue;
    const partial = parsePartialName(name);
    if (partial?.digest !== digest || partial.owner !== owner || partial.isSuspended) continue;
    if (partial.number > (newest?.number ?? -1)) newest = { name, number: partial.number };
  }
  return newest?.name;
}
