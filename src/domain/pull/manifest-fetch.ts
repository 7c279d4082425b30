import { algorithmOf, type Digest } from '../digest.ts';
import { DigestMismatch } from '../errors.ts';
import { type Manifest, parseManifest } from '../manifest.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Events } from '../ports/events.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import { type Flight, SingleFlight } from './single-flight.ts';
import type { TagBook } from './tag-book.ts';

export interface ManifestFetchPorts {
  readonly upstream: Upstream;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly hasher: Hasher;
  readonly events: Events;
  readonly background: Background;
  /** Tags that wait for their manifest, by `repository@digest`. */
  readonly awaited: BoundedCache<readonly Tag[]>;
}

/** Fetches manifests by digest, each once for all who want it, verifies and keeps them. */
export class ManifestFetch {
  readonly #ports: ManifestFetchPorts;
  readonly #flights = new SingleFlight<Manifest>();

  constructor(ports: ManifestFetchPorts) {
    this.#ports = ports;
  }

  fetch(repository: RepositoryName, digest: Digest): Flight<Manifest> {
    return this.#flights.run(`${repository}@${digest}`, () => this.#fetch(repository, digest));
  }

  /**
   * The tag points to `digest` from now on, but not before its manifest is here: until then the
   * old one is what an outage needs. Clients that resolve by HEAD come for the digest next.
   */
  point(repository: RepositoryName, tag: Tag, digest: Digest, isHere: boolean): void {
    if (isHere) return this.#confirm(repository, tag, digest);
    const key = `${repository}@${digest}`;
    const awaiting = this.#ports.awaited.get(key) ?? [];
    if (!awaiting.includes(tag)) this.#ports.awaited.set(key, [...awaiting, tag]);
  }

  async #fetch(repository: RepositoryName, digest: Digest): Promise<Manifest> {
    const fetched = await this.#ports.upstream.fetchManifest(repository, digest);
    const found = this.#ports.hasher.digest(algorithmOf(digest), fetched.bytes);
    if (found !== digest) {
      this.#ports.events.emit({ type: 'manifest-rejected', repository, digest, found });
      throw new DigestMismatch('the manifest', digest, found);
    }
    const manifest = parseManifest(digest, fetched.bytes, fetched.mediaType);
    this.#ports.shelf.remember(repository, manifest);
    this.#keep(repository, manifest);
    return manifest;
  }

  /** Stores it after the answer: a slow or broken disk is not the client's trouble. */
  #keep(repository: RepositoryName, manifest: Manifest): void {
    const { digest, size } = manifest.descriptor;
    const { shelf, tags, events, awaited, background } = this.#ports;
    const key = `${repository}@${digest}`;
    for (const tag of awaited.get(key) ?? []) tags.remember(repository, tag, digest);
    const keep = async (): Promise<void> => {
      await shelf.store(repository, manifest);
      events.emit({ type: 'manifest-stored', repository, digest, size });
      const awaiting = awaited.get(key) ?? [];
      awaited.delete(key);
      for (const tag of awaiting) await tags.confirm(repository, tag, digest);
    };
    background.run(keep, (cause) => {
      events.emit({ type: 'not-stored', repository, what: `manifest ${digest}`, cause });
    });
  }

  #confirm(repository: RepositoryName, tag: Tag, digest: Digest): void {
    const { tags, events, background } = this.#ports;
    tags.remember(repository, tag, digest);
    background.run(
      () => tags.confirm(repository, tag, digest),
      (cause) => events.emit({ type: 'not-stored', repository, what: `tag ${tag}`, cause }),
    );
  }
}
