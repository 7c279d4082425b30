import { type Digest, isDigest } from '../digest.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { isTag, type Tag } from '../reference.ts';
import { tagIndexKey, tagLinkKey, tagsKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** What a tag is known to point to. */
export interface TagEntry {
  readonly digest: Digest;
  /** When the upstream last said so; undefined if that was before this process started. */
  readonly checkedAtMs: number | undefined;
}

/** The tags of every repository: the links of the registry's layout, and when each was confirmed. */
export class TagBook {
  readonly #records: RecordStore;
  readonly #entries: BoundedCache<TagEntry>;
  readonly #clock: Clock;
  readonly #events: Events;

  constructor(records: RecordStore, entries: BoundedCache<TagEntry>, clock: Clock, events: Events) {
    this.#records = records;
    this.#entries = entries;
    this.#clock = clock;
    this.#events = events;
  }

  async current(repository: RepositoryName, tag: Tag): Promise<TagEntry | undefined> {
    const key = tagLinkKey(repository, tag);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const digest = digestIn(await this.#records.get(key));
    if (digest === undefined) return undefined;
    const entry = { digest, checkedAtMs: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  /** The upstream says that the tag points to `digest`, whose manifest is in storage. */
  async confirm(repository: RepositoryName, tag: Tag, digest: Digest): Promise<void> {
    const before = await this.current(repository, tag);
    if (before?.digest !== digest) await this.#move(repository, tag, before?.digest, digest);
    const entry = { digest, checkedAtMs: this.#clock.now() };
    this.#entries.set(tagLinkKey(repository, tag), entry);
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
