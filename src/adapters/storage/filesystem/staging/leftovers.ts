import { lstat, rm, utimes } from 'node:fs/promises';
import type { Digest } from '../../../../domain/digest.ts';
import type { Disk } from '../disk.ts';
import { namesIn } from '../present.ts';
import { parsePartialName, partialNameStart } from './partial-name.ts';
import type { Presence } from './presence.ts';

/** Whoever has a partial gives a sign of life far more often; see `staging-area.ts`. */
const ABANDONED_AFTER_MS = 10 * 60 * 1000;

/** Nobody has wanted it for that long. */
const USELESS_AFTER_MS = 24 * 60 * 60 * 1000;

/** The partials that others have left in the staging folder, by a crash or on purpose. */
export class Leftovers {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #presence: Presence;
  /** The names of what is there besides our own, as far as we know. */
  readonly #known = new Map<Digest, Set<string>>();

  constructor(folder: string, disk: Disk, presence: Presence) {
    this.#folder = folder;
    this.#disk = disk;
    this.#presence = presence;
  }

  /** Looks around, so that `take` need not; forgets what is there no more. */
  async find(): Promise<void> {
    const before = [...this.#known].flatMap(([digest, names]) => {
      return [...names].map((name) => ({ digest, name }));
    });
    const names = new Set(await namesIn(this.#folder).catch(() => []));
    for (const { digest, name } of before) if (!names.has(name)) this.#forget(digest, name);
    for (const name of names) this.add(name);
  }

  /** The same for one blob; cheap where there are many. */
  async findOf(digest: Digest): Promise<void> {
    const start = partialNameStart(digest);
    for (const name of await namesIn(this.#folder).catch(() => [])) {
      if (name.startsWith(start)) this.add(name);
    }
  }

  /** Makes a file known that can be taken now or later. */
  add(name: string): void {
    const partial = parsePartialName(name);
    if (partial === undefined) return;
    if (partial.owner === this.#presence.self && !partial.isSuspended) return;
    const names = this.#known.get(partial.digest) ?? new Set();
    this.#known.set(partial.digest, names.add(name));
  }

  /**
   * Renames the largest partial of this blob that is free to `path`; false if there is none. One
   * whose owner may be alive stays where it is.
   */
  async take(digest: Digest, path: string): Promise<boolean> {
    for (const name of await this.#freeOnes(digest)) {
      if (await this.#move(name, path)) {
        this.#forget(digest, name);
        return true;
      }
    }
    return false;
  }

  /** Removes what has been there for more than a day; what cannot be removed stays. */
  async removeOld(goOn: () => boolean): Promise<void> {
    const owners = new Set<string>();
    for (const name of await namesIn(this.#folder).catch(() => [])) {
      if (!goOn()) return;
      const isOld = await removeIfOld(`${this.#folder}/${name}`).catch(() => false);
      const owner = parsePartialName(name)?.owner;
      if (!isOld && owner !== undefined) owners.add(owner);
    }
    if (goOn()) await this.#presence.clearOthers((owner) => owners.has(owner));
  }

  /** The names of those that can be taken, the largest first. */
  async #freeOnes(digest: Digest): Promise<string[]> {
    const names = [...(this.#known.get(digest) ?? [])];
    const found = await Promise.all(
      names.map(async (name) => ({ name, size: await this.#sizeIfFree(digest, name) })),
    );
    const free = found.filter(({ size }) => size !== undefined);
    return free.sort((a, b) => (b.size ?? 0) - (a.size ?? 0)).map(({ name }) => name);
  }

  async #sizeIfFree(digest: Digest, name: string): Promise<number | undefined> {
    try {
      const stats = await lstat(`${this.#folder}/${name}`);
      const isFree = stats.isFile() && (await this.#isFree(name, Date.now() - stats.mtimeMs));
      return isFree ? stats.size : undefined;
    } catch {
      this.#forget(digest, name); // somebody has taken it
      return undefined;
    }
  }

  async #isFree(name: string, silentMs: number): Promise<boolean> {
    const partial = parsePartialName(name);
    if (partial === undefined) return false;
    if (partial.isSuspended || silentMs > ABANDONED_AFTER_MS) return true;
    return this.#presence.leavesPartials(partial.owner);
  }

  /** False if somebody was quicker. */
  async #move(name: string, path: string): Promise<boolean> {
    const from = `${this.#folder}/${name}`;
    try {
      // Before it is moved, or it would look abandoned under its new name.
      await utimes(from, new Date(), new Date());
      await this.#disk.rename(from, path);
      return true;
    } catch {
      return false;
    }
  }

  #forget(digest: Digest, name: string): void {
    const names = this.#known.get(digest);
    names?.delete(name);
    if (names?.size === 0) this.#known.delete(digest);
  }
}

async function removeIfOld(path: string): Promise<boolean> {
  const { mtimeMs } = await lstat(path);
  const isOld = Date.now() - mtimeMs > USELESS_AFTER_MS;
  if (isOld) await rm(path, { recursive: true, force: true });
  return isOld;
}
