import type { Digest } from '../digest.ts';
import type { Manifest } from '../manifest.ts';
import type { Events } from '../ports/events.ts';
import type { ResolvedManifest, ServedManifest, Source } from '../ports/mirror.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Reference, Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { ManifestFetch } from './manifest-fetch.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { TagBook, TagEntry } from './tag-book.ts';
import type { StaleTag, TagAsked, TagCheck } from './tag-check.ts';

export interface PullManifestPorts {
  readonly upstream: Upstream;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly check: TagCheck;
  readonly fetch: ManifestFetch;
  readonly events: Events;
  readonly background: Background;
  /** Told of each manifest that is served, which has to cost next to nothing. */
  readonly noted: (repository: RepositoryName, manifest: Digest) => void;
}

/** Serves a manifest: the one here if it is the latest, else the upstream's, else the last known. */
export class PullManifest {
  readonly #ports: PullManifestPorts;

  constructor(ports: PullManifestPorts) {
    this.#ports = ports;
  }

  async get(repository: RepositoryName, reference: Reference): Promise<ServedManifest> {
    const got = await this.#get(repository, reference);
    this.#ports.noted(repository, got.descriptor.digest);
    return got;
  }

  /** One that is in memory. */
  held(repository: RepositoryName, digest: Digest): ServedManifest | undefined {
    const hot = this.#ports.shelf.hot(repository, digest);
    if (hot === undefined) return undefined;
    this.#ports.noted(repository, digest);
    return served(hot, 'hit');
  }

  /** For a HEAD: a manifest that is not here is not fetched, since that would count as a pull. */
  async resolve(repository: RepositoryName, reference: Reference): Promise<ResolvedManifest> {
    const resolved = await this.#resolve(repository, reference);
    const isHere = resolved.source !== 'miss';
    if (isHere) this.#ports.noted(repository, resolved.descriptor.digest);
    return resolved;
  }

  async #get(repository: RepositoryName, reference: Reference): Promise<ServedManifest> {
    if (reference.kind === 'digest') return this.#byDigest(repository, reference.digest);
    const { tag } = reference;
    const known = await this.#knownTag(repository, tag);
    if (known !== undefined && this.#isUsable(repository, tag, known)) {
      return this.#byDigest(repository, known.digest);
    }
    return this.#latest(repository, tag, known);
  }

  async #resolve(repository: RepositoryName, reference: Reference): Promise<ResolvedManifest> {
    if (reference.kind === 'tag') return this.#resolveTag(repository, reference.tag);
    const here = await this.#find(repository, reference.digest);
    if (here !== undefined) return served(here, 'hit');
    const descriptor = await this.#ports.upstream.resolve(repository, reference);
    return { descriptor, source: 'miss' };
  }

  async #resolveTag(repository: RepositoryName, tag: Tag): Promise<ResolvedManifest> {
    const known = await this.#knownTag(repository, tag);
    if (known !== undefined && this.#isUsable(repository, tag, known)) {
      return this.#resolve(repository, { kind: 'digest', digest: known.digest });
    }
    let asked: TagAsked;
    try {
      asked = await this.#ports.check.ask(repository, tag, known);
    } catch (error) {
      return this.#stale(repository, this.#ports.check.fallBack(repository, tag, known, error));
    }
    const here = await this.#point(repository, tag, asked);
    if (here !== undefined) return served(here, 'hit');
    return { descriptor: asked.descriptor, source: 'miss' };
  }

  async #byDigest(repository: RepositoryName, digest: Digest): Promise<ServedManifest> {
    const hot = this.#ports.shelf.hot(repository, digest);
    if (hot !== undefined) return served(hot, 'hit');
    const here = await this.#find(repository, digest);
    return here === undefined ? this.#fetch(repository, digest) : served(here, 'hit');
  }

  /** What the upstream says the tag is now; what it last said if it cannot be asked. */
  async #latest(
    repository: RepositoryName,
    tag: Tag,
    known: TagEntry | undefined,
  ): Promise<ServedManifest> {
    try {
      return await this.#asked(repository, tag, known);
    } catch (error) {
      return this.#stale(repository, this.#ports.check.fallBack(repository, tag, known, error));
    }
  }

  async #asked(
    repository: RepositoryName,
    tag: Tag,
    known: TagEntry | undefined,
  ): Promise<ServedManifest> {
    const asked = await this.#ports.check.ask(repository, tag, known);
    const here = await this.#point(repository, tag, asked);
    if (here !== undefined) return served(here, 'hit');
    return this.#fetch(repository, asked.descriptor.digest);
  }

  async #fetch(repository: RepositoryName, digest: Digest): Promise<ServedManifest> {
    // While the storage was looked through in vain, another client's fetch may have ended.
    const hot = this.#ports.shelf.hot(repository, digest);
    if (hot !== undefined) return served(hot, 'hit');
    const { joined, result } = this.#ports.fetch.fetch(repository, digest);
    return served(await result, joined ? 'joined' : 'miss');
  }

  async #stale(repository: RepositoryName, { entry, ageMs }: StaleTag): Promise<ServedManifest> {
    const { manifest } = await this.#byDigest(repository, entry.digest);
    const age = ageMs === undefined ? {} : { ageMs };
    return { ...served(manifest, 'stale'), ...age };
  }

  /** Whether the known digest is served unasked; if a check is due behind it, starts that. */
  #isUsable(repository: RepositoryName, tag: Tag, known: TagEntry): boolean {
    const freshness = this.#ports.check.freshness(repository, tag, known);
    if (freshness === 'revalidate-behind') this.#revalidate(repository, tag, known);
    return freshness !== 'stale';
  }

  #revalidate(repository: RepositoryName, tag: Tag, known: TagEntry): void {
    const { background, events } = this.#ports;
    background.run(
      async () => void (await this.#asked(repository, tag, known)),
      (cause) => events.emit({ type: 'not-revalidated', repository, tag, cause }),
    );
  }

  /** What the tag stands for now, if it is here; one of those who are told so notes it. */
  async #point(
    repository: RepositoryName,
    tag: Tag,
    { descriptor: { digest }, joined }: TagAsked,
  ): Promise<Manifest | undefined> {
    const { shelf, fetch } = this.#ports;
    const adopted = shelf.hot(repository, digest) ?? (await this.#adopt(repository, digest));
    // Another of them may have fetched it while this one has looked in vain.
    const here = adopted ?? shelf.hot(repository, digest);
    if (!joined) fetch.point(repository, tag, digest, here);
    return here;
  }

  async #knownTag(repository: RepositoryName, tag: Tag): Promise<TagEntry | undefined> {
    const known = this.#ports.tags.remembered(repository, tag);
    if (known !== undefined) return known;
    return this.#orMiss(repository, `tag ${tag}`, this.#ports.tags.current(repository, tag));
  }

  #find(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    const found = this.#ports.shelf.find(repository, digest);
    return this.#orMiss(repository, `manifest ${digest}`, found);
  }

  #adopt(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    const adopted = this.#ports.shelf.adopt(repository, digest);
    return this.#orMiss(repository, `manifest ${digest}`, adopted);
  }

  /** A storage that cannot be read is a miss: the upstream may still have what the client wants. */
  async #orMiss<T>(
    repository: RepositoryName,
    what: string,
    found: Promise<T | undefined>,
  ): Promise<T | undefined> {
    try {
      return await found;
    } catch (cause) {
      this.#ports.events.emit({ type: 'unreadable', repository, what, cause });
      return undefined;
    }
  }
}

function served(manifest: Manifest, source: Source): ServedManifest {
  return { manifest, descriptor: manifest.descriptor, source };
}
