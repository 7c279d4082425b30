import type { Digest } from '../digest.ts';
import type { RepositoryName } from '../repository-name.ts';
import { accessRecord, type Pulls, readAccessRecord } from './access-record.ts';

/**
 * How often a repository's times are written down at most, in milliseconds. A crash loses those of
 * this time; an image's last pull is compared with others of days ago.
 */
export const WRITTEN_EVERY_MS = 60_000;

interface Pulled {
  ms: number;
}

interface Shelf {
  readonly repository: RepositoryName;
  readonly pulls: Map<Digest, Pulled>;
  /** What must not come back out of the record that is still there. */
  readonly forgotten: Set<Digest>;
  /** Since when it has something to write; undefined if it has not. */
  dirtySinceMs: number | undefined;
}

/**
 * When each manifest was last pulled, for all repositories. To note a pull is two look-ups and one
 * write into memory; what is written to the storage, one record for each repository, is gathered
 * for a while. Several processes may write a record in turn: each puts together what is in it and
 * what it knows itself, and of two times the later holds.
 *
 * To write one: read the record, {@link merge} it, put the result; {@link keep} it for another time
 * if that fails.
 */
export class AccessTimes {
  readonly #shelves = new Map<RepositoryName, Shelf>();
  readonly #dirty = new Set<Shelf>();
  readonly #writtenEveryMs: number;

  constructor(writtenEveryMs: number = WRITTEN_EVERY_MS) {
    this.#writtenEveryMs = writtenEveryMs;
  }

  /** A manifest was served. */
  pulled(repository: RepositoryName, manifest: Digest, nowMs: number): void {
    const shelf = this.#shelves.get(repository) ?? this.#newShelf(repository);
    const known = shelf.pulls.get(manifest);
    if (known === undefined) shelf.pulls.set(manifest, { ms: nowMs });
    else known.ms = nowMs;
    this.#soil(shelf, nowMs);
  }

  /** When it was last pulled, as far as is known here. */
  lastPullMs(repository: RepositoryName, manifest: Digest): number | undefined {
    return this.#shelves.get(repository)?.pulls.get(manifest)?.ms;
  }

  /** The manifest is not in storage any more. */
  forget(repository: RepositoryName, manifest: Digest, nowMs: number): void {
    const shelf = this.#shelves.get(repository) ?? this.#newShelf(repository);
    shelf.pulls.delete(manifest);
    shelf.forgotten.add(manifest);
    this.#soil(shelf, nowMs);
  }

  /** The repositories whose records are to be written now. */
  due(nowMs: number): RepositoryName[] {
    const shelves = [...this.#dirty].filter(({ dirtySinceMs = nowMs }) => {
      // A clock that was set back is no reason to wait longer.
      return Math.abs(nowMs - dirtySinceMs) >= this.#writtenEveryMs;
    });
    return shelves.map(({ repository }) => repository);
  }

  /** All repositories whose records are to be written: at the end. */
  unwritten(): RepositoryName[] {
    return Array.from(this.#dirty, ({ repository }) => repository);
  }

  /**
   * Takes over what a record says, for example one that an earlier process wrote. One that says less
   * than was written to it is written again: two processes did so at once.
   */
  learn(repository: RepositoryName, record: Uint8Array | undefined, nowMs: number): void {
    for (const [manifest, ms] of readAccessRecord(record, nowMs)) {
      const shelf = this.learnPull(repository, manifest, ms);
      const knownMs = shelf.pulls.get(manifest)?.ms ?? ms;
      if (knownMs - ms >= this.#writtenEveryMs) this.#soil(shelf, nowMs);
    }
  }

  /** Takes over what is known from elsewhere. */
  learnPull(repository: RepositoryName, manifest: Digest, pulledMs: number): Shelf {
    const shelf = this.#shelves.get(repository) ?? this.#newShelf(repository);
    const known = shelf.pulls.get(manifest);
    if (known !== undefined) known.ms = Math.max(known.ms, pulledMs);
    else if (!shelf.forgotten.has(manifest)) shelf.pulls.set(manifest, { ms: pulledMs });
    return shelf;
  }

  /** All that is known. */
  *all(): Iterable<readonly [repository: RepositoryName, manifest: Digest, pulledMs: number]> {
    for (const repository of this.#shelves.keys()) {
      for (const [manifest, ms] of this.of(repository)) yield [repository, manifest, ms];
    }
  }

  /** All that is known of a repository. */
  of(repository: RepositoryName): Pulls {
    const shelf = this.#shelves.get(repository);
    return shelf === undefined ? [] : timesOf(shelf);
  }

  /**
   * The record to be written in place of `record`, or undefined if there is to be none; from now on
   * it counts as written.
   */
  merge(
    repository: RepositoryName,
    record: Uint8Array | undefined,
    nowMs: number,
  ): Uint8Array | undefined {
    this.learn(repository, record, nowMs);
    const shelf = this.#shelves.get(repository);
    if (shelf === undefined) return undefined;
    shelf.dirtySinceMs = undefined;
    shelf.forgotten.clear();
    this.#dirty.delete(shelf);
    if (shelf.pulls.size > 0) return accessRecord(timesOf(shelf));
    this.#shelves.delete(repository);
    return undefined;
  }

  /** What was to be written could not be: it is due again. */
  keep(repository: RepositoryName, nowMs: number): void {
    const shelf = this.#shelves.get(repository);
    if (shelf !== undefined) this.#soil(shelf, nowMs);
  }

  #newShelf(repository: RepositoryName): Shelf {
    const shelf = {
      repository,
      pulls: new Map<Digest, Pulled>(),
      forgotten: new Set<Digest>(),
      dirtySinceMs: undefined,
    };
    this.#shelves.set(repository, shelf);
    return shelf;
  }

  #soil(shelf: Shelf, nowMs: number): void {
    if (shelf.dirtySinceMs !== undefined) return;
    shelf.dirtySinceMs = nowMs;
    this.#dirty.add(shelf);
  }
}

function* timesOf({ pulls }: Shelf): Pulls {
  for (const [manifest, { ms }] of pulls) yield [manifest, ms];
}
