import type { Content } from '../oci-content.ts';
import type { Image } from '../oci-image.ts';
import type { ImageIndex } from '../oci-index.ts';

export interface Repository {
  manifests: Map<string, Content>;
  blobs: Map<string, Content>;
  tags: Map<string, string>;
  /** The only account that may pull; anyone may if absent. */
  owner?: string;
}

/** What is on the Hub. Names are complete: nothing adds `library/` here, as on the real one. */
export class Repositories {
  readonly #byName = new Map<string, Repository>();

  get(name: string): Repository | undefined {
    return this.#byName.get(name);
  }

  create(name: string): Repository {
    const existing = this.#byName.get(name);
    if (existing) return existing;
    const created: Repository = { manifests: new Map(), blobs: new Map(), tags: new Map() };
    this.#byName.set(name, created);
    return created;
  }

  delete(name: string): void {
    this.#byName.delete(name);
  }

  /** Blobs are stored once for all repositories; the CDN knows digests only. */
  blob(digest: string): Content | undefined {
    for (const { blobs } of this.#byName.values()) {
      const found = blobs.get(digest);
      if (found) return found;
    }
    return undefined;
  }

  mayPull(name: string, account: string | undefined): boolean {
    const repository = this.#byName.get(name);
    if (!repository) return false;
    return repository.owner === undefined || repository.owner === account;
  }
}

/** The manifest a tag or digest names. */
export function findManifest(repository: Repository, reference: string): Content | undefined {
  const digest = reference.includes(':') ? reference : repository.tags.get(reference);
  return digest === undefined ? undefined : repository.manifests.get(digest);
}

export function addImage(repository: Repository, pushed: Image | ImageIndex): void {
  repository.manifests.set(pushed.manifest.digest, pushed.manifest);
  if ('images' in pushed) {
    for (const child of pushed.images) addImage(repository, child);
    return;
  }
  for (const blob of [pushed.config, ...pushed.layers]) repository.blobs.set(blob.digest, blob);
}
