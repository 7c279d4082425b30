import type { Digest } from '../digest.ts';
import { UpstreamFailure } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { Events } from '../ports/events.ts';
import type { ResolvedManifest, ServedManifest, Source } from '../ports/mirror.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Reference, Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { ManifestFetch } from './manifest-fetch.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { TagBook } from './tag-book.ts';
import type { CheckedTag, TagCheck } from './tag-check.ts';

export interface PullManifestPorts {
  readonly upstream: Upstream;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly check: TagCheck;
  readonly fetch: ManifestFetch;
  readonly events: Events;
}

/** Serves a manifest: the one in storage if it is the latest, else the upstream's, else the last known. */
export class PullManifest {
  readonly #ports: PullManifestPorts;

  constructor(ports: PullManifestPorts) {
    this.#ports = ports;
  }

  async get(repository: RepositoryName, reference: Reference): Promise<ServedManifest> {
    if (reference.kind === 'tag') return this.#byTag(repository, reference.tag);
    const hot = this.#ports.shelf.hot(repository, reference.digest);
    if (hot !== undefined) return served(hot, 'hit');
    return this.#byDigest(repository, reference.digest);
  }

  /** For a HEAD: a manifest that is not here is not fetched, since that would count as a pull. */
  async resolve(repository: RepositoryName, reference: Reference): Promise<ResolvedManifest> {
    if (reference.kind === 'tag') return this.#resolveTag(repository, reference.tag);
    const found = await this.#find(repository, reference.digest);
    if (found !== undefined) return served(found, 'hit');
    return {
      descriptor: await this.#ports.upstream.resolve(repository, reference),
      source: 'miss',
    };
  }

  async #byDigest(repository: RepositoryName, digest: Digest): Promise<ServedManifest> {
    const found = await this.#find(repository, digest);
    if (found !== undefined) return served(found, 'hit');
    return this.#fetch(repository, digest);
  }

  async #fetch(repository: RepositoryName, digest: Digest): Promise<ServedManifest> {
    const { joined, result } = this.#ports.fetch.fetch(repository, digest);
    return served(await result, joined ? 'joined' : 'miss');
  }

  async #byTag(repository: RepositoryName, tag: Tag): Promise<ServedManifest> {
    const checked = await this.#ports.check.check(repository, tag);
    if (checked.kind !== 'confirmed') return this.#known(repository, checked);
    const { digest } = checked.descriptor;
    const here = await this.#adopt(repository, digest);
    this.#ports.fetch.point(repository, tag, digest, here !== undefined);
    if (here !== undefined) return served(here, 'hit');
    try {
      return await this.#fetch(repository, digest);
    } catch (error) {
      return this.#last(repository, tag, error);
    }
  }

  async #resolveTag(repository: RepositoryName, tag: Tag): Promise<ResolvedManifest> {
    const checked = await this.#ports.check.check(repository, tag);
    if (checked.kind !== 'confirmed') return this.#known(repository, checked);
    const { descriptor } = checked;
    const here = await this.#adopt(repository, descriptor.digest);
    this.#ports.fetch.point(repository, tag, descriptor.digest, here !== undefined);
    if (here !== undefined) return served(here, 'hit');
    return { descriptor, source: 'miss' };
  }

  /** The manifest of a digest that was not asked about just now. */
  async #known(
    repository: RepositoryName,
    checked: Exclude<CheckedTag, { kind: 'confirmed' }>,
  ): Promise<ServedManifest> {
    const manifest = await this.#byDigest(repository, checked.digest);
    if (checked.kind === 'fresh') return manifest;
    const { ageMs } = checked;
    return { ...manifest, source: 'stale', ...(ageMs === undefined ? {} : { ageMs }) };
  }

  /** The tag has moved, but its new manifest cannot be had: the old one, if there is one. */
  async #last(repository: RepositoryName, tag: Tag, error: unknown): Promise<ServedManifest> {
    const known = await this.#ports.tags.current(repository, tag);
    if (known === undefined || !(error instanceof UpstreamFailure)) throw error;
    const manifest = await this.#find(repository, known.digest);
    if (manifest === undefined) throw error;
    this.#ports.check.stale(repository, tag, known, error);
    return served(manifest, 'stale');
  }

  #find(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    return this.#orMiss(repository, digest, this.#ports.shelf.find(repository, digest));
  }

  #adopt(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    return this.#orMiss(repository, digest, this.#ports.shelf.adopt(repository, digest));
  }

  /** A storage that cannot be read is a miss: the upstream may still have what the client wants. */
  async #orMiss(
    repository: RepositoryName,
    digest: Digest,
    found: Promise<Manifest | undefined>,
  ): Promise<Manifest | undefined> {
    try {
      return await found;
    } catch (cause) {
      this.#ports.events.emit({
        type: 'unreadable',
        repository,
        what: `manifest ${digest}`,
        cause,
      });
      return undefined;
    }
  }
}

function served(manifest: Manifest, source: Source): ServedManifest {
  return { manifest, descriptor: manifest.descriptor, source };
}
