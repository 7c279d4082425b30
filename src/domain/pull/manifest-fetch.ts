import { algorithmOf, type Digest } from '../digest.ts';
import { DigestMismatch } from '../errors.ts';
import { type Manifest, parseManifest } from '../manifest.ts';
import { pause } from '../pause.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { Lease, Leases } from '../ports/leases.ts';
import type { FetchedManifest, Upstream } from '../ports/upstream.ts';
import type { Tag } from '../reference.ts';
import { manifestLease } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import { type Flight, SingleFlight } from './single-flight.ts';
import type { TagAnswer, TagBook } from './tag-book.ts';

export interface ManifestFetchPorts {
  readonly upstream: Upstream;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly hasher: Hasher;
  readonly events: Events;
  readonly background: Background;
  readonly leases: Leases;
  readonly clock: Clock;
  /** What was said about tags that wait for their manifest, by `repository@digest`. */
  readonly awaited: BoundedCache<readonly TagAnswer[]>;
}

/** How soon one looks whether another process has stored it, and how rarely at last; in ms. */
const FIRST_LOOK_MS = 20;
const LOOK_AT_LEAST_EVERY_MS = 500;

/** Fetches manifests by digest, each once for all who want it, verifies and keeps them. */
export class ManifestFetch {
  readonly #ports: ManifestFetchPorts;
  readonly #flights = new SingleFlight<Manifest>();
  readonly #stores = new SingleFlight<boolean>();

  constructor(ports: ManifestFetchPorts) {
    this.#ports = ports;
  }

  fetch(repository: RepositoryName, digest: Digest): Flight<Manifest> {
    return this.#flights.run(`${repository}@${digest}`, () => this.#fetch(repository, digest));
  }

  /**
   * The tag points to `digest` from now on, but not before its manifest is here: until then the old
   * one is what an outage needs. Clients that resolve by HEAD come for the digest next.
   *
   * @param here the manifest, if it is here; that could not be stored before is tried again
   */
  point(repository: RepositoryName, tag: Tag, digest: Digest, here: Manifest | undefined): void {
    const answer = this.#ports.tags.heard(tag, digest);
    if (here !== undefined) return this.#confirm(repository, answer, here);
    const key = `${repository}@${digest}`;
    const others = (this.#ports.awaited.get(key) ?? []).filter((other) => other.tag !== tag);
    this.#ports.awaited.set(key, [...others, answer]);
  }

  /** From the upstream, unless another process that shares the storage gets it from there just now. */
  async #fetch(repository: RepositoryName, digest: Digest): Promise<Manifest> {
    const { leases, clock } = this.#ports;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AT_LEAST_EVERY_MS)) {
      const taken = await leases.take(manifestLease(repository, digest));
      const stored = await this.#stored(repository, digest);
      if (stored !== undefined) {
        if ('lease' in taken) await taken.lease.release();
        return stored;
      }
      if ('lease' in taken) return this.#fetchAlone(repository, digest, taken.lease);
      await pause(clock, pauseMs);
    }
  }

  /** Others wait until it is stored, or could not be had. */
  async #fetchAlone(repository: RepositoryName, digest: Digest, lease: Lease): Promise<Manifest> {
    try {
      const { bytes, mediaType } = await this.#fetchRight(repository, digest);
      const manifest = parseManifest(digest, bytes, mediaType);
      this.#ports.shelf.remember(repository, manifest);
      this.#keep(repository, manifest, lease);
      return manifest;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  #stored(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    // A storage that cannot be read has told so before.
    return this.#ports.shelf.find(repository, digest).catch(() => undefined);
  }

  /** The bytes that the digest names; if others come, from wherever else they can be had. */
  async #fetchRight(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    const { upstream, hasher, events } = this.#ports;
    for (;;) {
      const fetched = await upstream.fetchManifest(repository, digest);
      const found = hasher.digest(algorithmOf(digest), fetched.bytes);
      if (found === digest) return fetched;
      events.emit({ type: 'manifest-rejected', repository, digest, found });
      const isElsewhere = upstream.distrust?.(digest) ?? false;
      if (!isElsewhere) throw new DigestMismatch('the manifest', digest, found);
    }
  }

  /** Stores it after the answer: a slow or broken disk is not the client's trouble. */
  #keep(repository: RepositoryName, manifest: Manifest, lease: Lease): void {
    const { digest } = manifest.descriptor;
    const { awaited, background } = this.#ports;
    const key = `${repository}@${digest}`;
    background.run(
      async () => {
        await this.#store(repository, manifest);
        await lease.release();
      },
      (cause) => this.#notStored(repository, `manifest ${digest}`, cause),
    );
    const answers = awaited.get(key) ?? [];
    awaited.delete(key);
    for (const answer of answers) this.#confirm(repository, answer, manifest);
  }

  #confirm(repository: RepositoryName, answer: TagAnswer, manifest: Manifest): void {
    const { shelf, tags, background } = this.#ports;
    tags.remember(repository, answer);
    const confirm = async (): Promise<void> => {
      const isStored = await shelf.isLinked(repository, answer.digest);
      if (isStored || (await this.#store(repository, manifest))) {
        await tags.confirm(repository, answer);
      }
    };
    background.run(confirm, (cause) => this.#notStored(repository, `tag ${answer.tag}`, cause));
  }

  /** Whether the manifest is in storage now. */
  #store(repository: RepositoryName, manifest: Manifest): Promise<boolean> {
    const { digest, size } = manifest.descriptor;
    const { shelf, events } = this.#ports;
    const store = async (): Promise<boolean> => {
      try {
        await shelf.store(repository, manifest);
      } catch (cause) {
        this.#notStored(repository, `manifest ${digest}`, cause);
        return false;
      }
      events.emit({ type: 'manifest-stored', repository, digest, size });
      return true;
    };
    return this.#stores.run(`${repository}@${digest}`, store).result;
  }

  #notStored(repository: RepositoryName, what: string, cause: unknown): void {
    this.#ports.events.emit({ type: 'not-stored', repository, what, cause });
  }
}
