import { type Digest, isDigest } from '../digest.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { isTag, type Tag } from '../reference.ts';
import { tagCheckKey, tagIndexKey, tagLinkKey, tagsKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** What a tag is known to point to. */
export interface TagEntry {
  readonly digest: Digest;
  /** When the upstream last said so; undefined if nobody knows. */
  readonly checkedAtMs: number | undefined;
}

/** What is known, and what of it is in storage as far as that was looked at. */
interface Entry extends TagEntry {
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

  constructor(records: RecordStore, entries: BoundedCache<Entry>, clock: Clock, events: Events) {
    this.#records = records;
    this.#entries = entries;
    this.#clock = clock;
    this.#events = events;
  }

  async current(repository: RepositoryName, tag: Tag): Promise<TagEntry | undefined> {
    const key = tagLinkKey(repository, tag);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const stored = await this.#stored(repository, tag);
    const learnt = this.#entries.get(key); // meanwhile, and newer than what was stored
    if (learnt !== undefined) return learnt;
    if (stored !== undefined) this.#entries.set(key, { ...stored, stored });
    return stored;
  }

  /**
   * The upstream says that the tag points to `digest`, whose manifest is at hand: from now on that is
   * what an outage falls back to. {@link confirm} makes it last.
   */
  remember(repository: RepositoryName, tag: Tag, digest: Digest): void {
    const key = tagLinkKey(repository, tag);
    const stored = this.#entries.get(key)?.stored;
    this.#entries.set(key, { digest, checkedAtMs: this.#clock.now(), stored });
  }

  /** The upstream says that the tag points to `digest`, whose manifest is in storage. */
  async confirm(repository: RepositoryName, tag: Tag, digest: Digest): Promise<void> {
    const key = tagLinkKey(repository, tag);
    const before = this.#entries.get(key)?.stored ?? (await this.#stored(repository, tag));
    const moved = before?.digest !== digest;
    if (moved) await this.#move(repository, tag, before?.digest, digest);
    const checkedAtMs = this.#clock.now();
    const isDue = moved || checkedAtMs - (before.checkedAtMs ?? 0) >= WRITTEN_EVERY_MS;
    const stored = isDue ? { digest, checkedAtMs } : before;
    this.#entries.set(key, { digest, checkedAtMs, stored });
    if (isDue) {
      const check = encodeUtf8(JSON.stringify(stored));
      await this.#records.put(tagCheckKey(repository, tag), check);
    }
  }

  /** The upstream says that there is no such tag. */
  async forget(repository: RepositoryName, tag: Tag): Promise<void> {
    const key = tagLinkKey(repository, tag);
    this.#entries.delete(key);
    await this.#records.delete(key);
  }

  /** The tags in storage, in ascending order. */
  async tags(repository: RepositoryName): Promise<Tag[]> {
    const tags: Tag[] = [];
    for (const name of await this.#records.children(tagsKey(repository))) {
      if (isTag(name) && (await this.current(repository, name)) !== undefined) tags.push(name);
    }
    return tags;
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
function digestIn(bytes: Uint8Array | undefined): Digest | undefined {
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
