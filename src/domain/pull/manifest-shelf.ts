import { algorithmOf, type Digest } from '../digest.ts';
import { type Manifest, parseManifest } from '../manifest.ts';
import type { BlobStore, StagedBlob } from '../ports/blob-store.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { RepositoryName } from '../repository-name.ts';
import { readWhole } from './read-whole.ts';
import type { RepositoryLinks } from './repository-links.ts';

export interface ManifestShelfPorts {
  readonly blobs: BlobStore;
  readonly links: RepositoryLinks;
  readonly hasher: Hasher;
  /** By `repository@digest`, as all of these. */
  readonly hot: BoundedCache<Manifest>;
  /** The sizes of the blobs that manifests list, in bytes. */
  readonly listed: BoundedCache<number>;
}

/** The manifests that are here: the latest in memory, all of them in storage. */
export class ManifestShelf {
  readonly #ports: ManifestShelfPorts;

  constructor(ports: ManifestShelfPorts) {
    this.#ports = ports;
  }

  /** The manifest if it is in memory. */
  hot(repository: RepositoryName, digest: Digest): Manifest | undefined {
    return this.#ports.hot.get(`${repository}@${digest}`);
  }

  /** The manifest if this repository may read it and it is whole; a damaged one is set aside. */
  async find(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    const hot = this.hot(repository, digest);
    if (hot !== undefined) return hot;
    if (!(await this.#ports.links.hasRevision(repository, digest))) return undefined;
    return this.#load(repository, digest);
  }

  /** The same for a manifest that the upstream has just named in this repository, linked or not. */
  async adopt(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    const hot = this.hot(repository, digest);
    return hot ?? this.#load(repository, digest);
  }

  /** Whether the repository has a link to the manifest, which is written after the manifest. */
  isLinked(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#ports.links.hasRevision(repository, digest);
  }

  /** Has it at hand from now on; {@link store} makes it last. */
  remember(repository: RepositoryName, manifest: Manifest): void {
    this.#ports.hot.set(`${repository}@${manifest.descriptor.digest}`, manifest);
    for (const { digest, size } of manifest.blobs) {
      this.#ports.listed.set(`${repository}@${digest}`, size);
    }
  }

  /** The manifest is not in storage any more, nor are these blobs of the repository. */
  forget(repository: RepositoryName, digest: Digest, blobs: Iterable<Digest>): void {
    this.#ports.hot.delete(`${repository}@${digest}`);
    for (const blob of blobs) this.#ports.listed.delete(`${repository}@${blob}`);
  }

  /** A blob's size in bytes, if one of the repository's latest manifests lists it. */
  listedSize(repository: RepositoryName, digest: Digest): number | undefined {
    return this.#ports.listed.get(`${repository}@${digest}`);
  }

  /** Puts the manifest into the storage, unless it is there, and links it to the repository. */
  async store(repository: RepositoryName, manifest: Manifest): Promise<void> {
    const { digest, size } = manifest.descriptor;
    if ((await this.#ports.blobs.stat(digest)) !== size) await this.#put(manifest);
    await this.#ports.links.linkRevision(repository, digest);
  }

  async #put({ descriptor, bytes }: Manifest): Promise<void> {
    const staged = await this.#stage(descriptor.digest);
    try {
      await staged.append([bytes]);
      await staged.commit();
    } finally {
      await staged.discard().finally(() => staged.close());
    }
  }

  /** A staged blob without what an earlier attempt may have left: the whole is at hand. */
  async #stage(digest: Digest): Promise<StagedBlob> {
    for (;;) {
      const staged = await this.#ports.blobs.stage(digest);
      if (staged.length === 0) return staged;
      await staged.discard().finally(() => staged.close());
    }
  }

  async #load(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined> {
    const blob = await this.#ports.blobs.open(digest);
    if (blob === undefined) return undefined;
    const bytes = await readWhole(blob).catch(async (cause) => {
      // Else it would stay, and be fetched again at every start.
      await this.#ports.blobs.setAside(digest).catch(() => {});
      throw cause;
    });
    if (bytes === undefined) return undefined;
    if (this.#ports.hasher.digest(algorithmOf(digest), bytes) !== digest) {
      await this.#ports.blobs.setAside(digest);
      return undefined;
    }
    const manifest = parseManifest(digest, bytes);
    this.remember(repository, manifest);
    return manifest;
  }
}
