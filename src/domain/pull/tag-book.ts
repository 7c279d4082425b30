import { type Digest, isDigest } from '../digest.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { isTag, type Tag } from '../reference.ts';
import {
  tagCheckKey,
  tagIndexesKey,
  tagIndexKey,
  tagLinkKey,
  tagsKey,
} from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { Turns } from './turns.ts';

/** What a tag is known to point to. */
export interface TagEntry {
  readonly digest: Digest;
  /** When the upstream last said so; undefined if nobody knows. */
  readonly checkedAtMs: number | undefined;
}

/** What the upstream has said about a tag. */
export interface TagAnswer extends TagEntry {
  readonly tag: Tag;
  readonly checkedAtMs: number;
  /** Counts the answers: a later one holds, though the manifest of an earlier one may come after. */
  readonly order: number;
}

/** What is known, and what of it is in storage as far as that was looked at. */
interface Entry extends TagEntry {
  /** Of the answer that it is from; 0 if it is from storage. */
  readonly order: number;
  readonly stored: TagEntry | undefined;
}

/**
 * How often the time of a tag's last check is written down, in milliseconds: an outage that outlives
 * a restart needs to know it only roughly, and a write for each pull would cost more than the pull.
 */
const WRITTEN_EVERY_MS = 60_000;

/** The tags of every repository: the links of the registry's layout, and when each was confirmed. */
export class TagBook {
  readonly #records: RecordStore;
  readonly #entries: BoundedCache<Entry>;
  readonly #clock: Clock;
  readonly #events: Events;
  /** So that what is in memory and what is in storage come to the same end. */
  readonly #turns = new Turns();
  #answers = 0;

  constructor(records: RecordStore, entries: BoundedCache<Entry>, clock: Clock, events: Events) {
    this.#records = records;
    this.#entries = entries;
    this.#clock = clock;
    this.#events = events;
  }

  /** What is known without looking into the storage. */
  remembered(repository: RepositoryName, tag: Tag): TagEntry | undefined {
    return this.#entries.get(tagLinkKey(repository, tag));
  }

  async current(repository: RepositoryName, tag: Tag): Promise<TagEntry | undefined> {
    const known = this.remembered(repository, tag);
    if (known !== undefined) return known;
    const stored = await this.#stored(repository, tag);
    const learnt = this.remembered(repository, tag); // meanwhile, and newer than what was stored
    if (learnt !== undefined) return learnt;
    const key = tagLinkKey(repository, tag);
    if (stored !== undefined) this.#entries.set(key, { ...stored, order: 0, stored });
    return stored;
  }

  /** The upstream says just now that the tag points to `digest`. */
  heard(tag: Tag, digest: Digest): TagAnswer {
    this.#answers++;
    return { tag, digest, checkedAtMs: this.#clock.now(), order: this.#answers };
  }

  /**
   * To be called when the answer's manifest is at hand: from now on that is what an outage falls back
   * to. {@link confirm} makes it last.
   */
  remember(repository: RepositoryName, { tag, digest, checkedAtMs, order }: TagAnswer): void {
    const key = tagLinkKey(repository, tag);
    const known = this.#entries.get(key);
    if (known !== undefined && known.order > order) return;
    this.#entries.set(key, { digest, checkedAtMs, order, stored: known?.stored });
  }

  /** To be called when the answer's manifest is in storage. */
  confirm(repository: RepositoryName, answer: TagAnswer): Promise<void> {
    const key = tagLinkKey(repository, answer.tag);
    return this.#turns.run(key, () => this.#confirm(repository, answer));
  }

  /** The upstream says that there is no such tag. */
  forget(repository: RepositoryName, tag: Tag): Promise<void> {
    const key = tagLinkKey(repository, tag);
    return this.#turns.run(key, async () => {
      this.#entries.delete(key);
      await this.#records.delete(key);
    });
  }

  /** The tag is to go, wherever it leads; false if there is none. */
  remove(repository: RepositoryName, tag: Tag): Promise<boolean> {
    const key = tagLinkKey(repository, tag);
    return this.#turns.run(key, async () => {
      const isThere = (await this.current(repository, tag)) !== undefined;
      await this.#records.delete(key);
      this.#entries.delete(key);
      await this.#removeRest(repository, tag);
      return isThere;
    });
  }

  /**
   * The digest's manifest is to go: no tag of the repository leads to it any more. A tag that points
   * to another by now keeps that.
   *
   * @returns the tags that are gone
   */
  async release(repository: RepositoryName, digest: Digest): Promise<Tag[]> {
    const released: Tag[] = [];
    for (const name of await this.#records.children(tagsKey(repository))) {
      if (!isTag(name)) continue;
      const key = tagLinkKey(repository, name);
      const isGone = await this.#turns.run(key, () => this.#release(repository, name, digest));
      if (isGone) released.push(name);
    }
    return released;
  }

  /** The tags in storage, in ascending order. */
  async tags(repository: RepositoryName): Promise<Tag[]> {
    const tags: Tag[] = [];
    for (const name of await this.#records.children(tagsKey(repository))) {
      if (isTag(name) && (await this.current(repository, name)) !== undefined) tags.push(name);
    }
    return tags;
  }

  async #confirm(repository: RepositoryName, answer: TagAnswer): Promise<void> {
    const { tag, digest, checkedAtMs, order } = answer;
    const key = tagLinkKey(repository, tag);
    const before = this.#entries.get(key)?.stored ?? (await this.#stored(repository, tag));
    if ((this.#entries.get(key)?.order ?? 0) > order) return;
    this.remember(repository, answer);
    const moved = before?.digest !== digest;
    if (moved) await this.#move(repository, tag, before?.digest, digest);
    const ageMs = Math.abs(checkedAtMs - (before?.checkedAtMs ?? 0));
    const isDue = moved || ageMs >= WRITTEN_EVERY_MS;
    const newest = this.#entries.get(key) ?? { digest, checkedAtMs, order };
    this.#entries.set(key, { ...newest, stored: isDue ? { digest, checkedAtMs } : before });
    if (!isDue) return;
    const check = encodeUtf8(JSON.stringify({ digest, checkedAtMs }));
    await this.#records.put(tagCheckKey(repository, tag), check);
  }

  /** Whether the tag is gone, and not only one of the digests that it had. */
  async #release(repository: RepositoryName, tag: Tag, digest: Digest): Promise<boolean> {
    const key = tagLinkKey(repository, tag);
    if (digestIn(await this.#records.get(key)) !== digest) {
      await this.#records.delete(tagIndexKey(repository, tag, digest));
      return false;
    }
    await this.#records.delete(key);
    this.#forgetStored(key, digest);
    await this.#removeRest(repository, tag);
    return true;
  }

  /** What a tag has beside its link. */
  async #removeRest(repository: RepositoryName, tag: Tag): Promise<void> {
    const folder = tagIndexesKey(repository, tag);
    for (const algorithm of await this.#records.children(folder)) {
      for (const encoded of await this.#records.children(`${folder}/${algorithm}`)) {
        await this.#records.delete(`${folder}/${algorithm}/${encoded}/link`);
      }
    }
    await this.#records.delete(tagCheckKey(repository, tag));
  }

  /** What the upstream has said since, and is not stored yet, holds all the same. */
  #forgetStored(key: string, digest: Digest): void {
    const known = this.#entries.get(key);
    if (known?.digest === digest) this.#entries.delete(key);
    else if (known !== undefined) this.#entries.set(key, { ...known, stored: undefined });
  }

  async #stored(repository: RepositoryName, tag: Tag): Promise<TagEntry | undefined> {
    const digest = digestIn(await this.#records.get(tagLinkKey(repository, tag)));
    if (digest === undefined) return undefined;
    const check = await this.#records.get(tagCheckKey(repository, tag));
    return { digest, checkedAtMs: timeIn(check, digest) };
  }

  async #move(
    repository: RepositoryName,
    tag: Tag,
    from: Digest | undefined,
    to: Digest,
  ): Promise<void> {
    const link = encodeUtf8(to);
    await this.#records.putIfAbsent(tagIndexKey(repository, tag, to), link);
    await this.#records.put(tagLinkKey(repository, tag), link);
    this.#events.emit({ type: 'tag-moved', repository, tag, from, to });
  }
}

/** What a link says, or undefined for an empty or broken one: that is a miss, and heals itself. */
export function digestIn(bytes: Uint8Array | undefined): Digest | undefined {
  if (bytes === undefined) return undefined;
  try {
    const text = decodeUtf8(bytes).trim();
    return isDigest(text) ? text : undefined;
  } catch {
    return undefined; // bytes that are not even text
  }
}

/** When the digest was last confirmed, out of a record that may be broken, or be of another digest. */
function timeIn(bytes: Uint8Array | undefined, digest: Digest): number | undefined {
  if (bytes === undefined) return undefined;
  try {
    const check = JSON.parse(decodeUtf8(bytes)) as { digest?: unknown; checkedAtMs?: unknown };
    const isTime = typeof check.checkedAtMs === 'number' && check.digest === digest;
    return isTime ? (check.checkedAtMs as number) : undefined;
  } catch {
    return undefined; // what is not JSON says nothing
  }
}
