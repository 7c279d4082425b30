import type { Digest } from '../digest.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { RecordStore } from '../ports/record-store.ts';
import {
  digestFromPath,
  layerLinkKey,
  layersKey,
  REPOSITORIES,
  revisionLinkKey,
  revisionsKey,
} from '../registry-layout.ts';
import { isRepositoryName, type RepositoryName } from '../repository-name.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** Whether a link's bytes name the digest; one that is empty or broken is renewed. */
export function linkedDigest(bytes: Uint8Array | undefined, expected: Digest): boolean {
  if (bytes === undefined || bytes.byteLength !== expected.length) return false;
  try {
    return decodeUtf8(bytes) === expected;
  } catch {
    return false; // bytes that are not even text
  }
}

/**
 * Which blobs and manifests a repository may read: the links of the registry's layout. That a link
 * is there is remembered, and may be wrong when another process has removed it; that one is missing
 * is not, since another process may write it.
 */
export class RepositoryLinks {
  readonly #records: RecordStore;
  readonly #known: BoundedCache<true>;

  constructor(records: RecordStore, known: BoundedCache<true>) {
    this.#records = records;
    this.#known = known;
  }

  hasLayer(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#has(layerLinkKey(repository, digest), digest);
  }

  /** Whether it is remembered that there is one. */
  knowsLayer(repository: RepositoryName, digest: Digest): boolean {
    return this.#known.get(layerLinkKey(repository, digest)) === true;
  }

  linkLayer(repository: RepositoryName, digest: Digest): Promise<void> {
    return this.#link(layerLinkKey(repository, digest), digest);
  }

  /** False if there was none. */
  unlinkLayer(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#unlink(layerLinkKey(repository, digest));
  }

  hasRevision(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#has(revisionLinkKey(repository, digest), digest);
  }

  linkRevision(repository: RepositoryName, digest: Digest): Promise<void> {
    return this.#link(revisionLinkKey(repository, digest), digest);
  }

  /** False if there was none. */
  unlinkRevision(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#unlink(revisionLinkKey(repository, digest));
  }

  /** Looks into the storage the next time, whatever is remembered. */
  forgetRevision(repository: RepositoryName, digest: Digest): void {
    this.#known.delete(revisionLinkKey(repository, digest));
  }

  /** The manifests that the repository has a link to. */
  revisions(repository: RepositoryName): AsyncIterable<Digest> {
    return this.#linked(revisionsKey(repository));
  }

  /** The blobs that the repository has a link to. */
  layers(repository: RepositoryName): AsyncIterable<Digest> {
    return this.#linked(layersKey(repository));
  }

  async *#linked(folder: string): AsyncIterable<Digest> {
    for (const algorithm of await this.#records.children(folder)) {
      for (const encoded of await this.#records.children(`${folder}/${algorithm}`)) {
        const digest = digestFromPath(algorithm, encoded);
        if (digest !== undefined) yield digest;
      }
    }
  }

  /** The repositories that hold a manifest, in no order. */
  repositories(): AsyncIterable<RepositoryName> {
    return this.#repositories('', ['_manifests']);
  }

  /** Those too that hold nothing but links to blobs. */
  repositoriesWithLinks(): AsyncIterable<RepositoryName> {
    return this.#repositories('', ['_manifests', '_layers']);
  }

  async *#repositories(below: string, holding: readonly string[]): AsyncIterable<RepositoryName> {
    const folder = below === '' ? REPOSITORIES : `${REPOSITORIES}/${below}`;
    const names = await this.#records.children(folder);
    if (isRepositoryName(below) && holding.some((name) => names.includes(name))) yield below;
    for (const name of names.filter((child) => !child.startsWith('_'))) {
      yield* this.#repositories(below === '' ? name : `${below}/${name}`, holding);
    }
  }

  async #has(key: string, digest: Digest): Promise<boolean> {
    if (this.#known.get(key) === true) return true;
    const found = linkedDigest(await this.#records.get(key), digest);
    if (found) this.#known.set(key, true);
    return found;
  }

  /** Looks into the storage whatever is remembered: another process may have removed the link. */
  async #link(key: string, digest: Digest): Promise<void> {
    const isThere = linkedDigest(await this.#records.get(key), digest);
    if (!isThere) await this.#records.put(key, encodeUtf8(digest));
    this.#known.set(key, true);
  }

  /** Forgotten before, so that nobody counts on it, and after, in case somebody has looked meanwhile. */
  async #unlink(key: string): Promise<boolean> {
    this.#known.delete(key);
    try {
      return await this.#records.delete(key);
    } finally {
      this.#known.delete(key);
    }
  }
}
