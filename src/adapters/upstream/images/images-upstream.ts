import type { Descriptor } from '../../../domain/descriptor.ts';
import type { Digest } from '../../../domain/digest.ts';
import { BlobUnknown, ManifestUnknown, NameUnknown } from '../../../domain/errors.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../../../domain/ports/upstream.ts';
import { page } from '../../../domain/pull/page.ts';
import { type Reference, referenceText } from '../../../domain/reference.ts';
import type { Referrer } from '../../../domain/referrers.ts';
import { parseRepositoryName, type RepositoryName } from '../../../domain/repository-name.ts';
import { MemoryBody } from './memory-body.ts';
import type { PublishedImage } from './published-image.ts';
import { Repository } from './repository.ts';

/** Images in this process's memory, which were all there when the upstream was made. */
export class ImagesUpstream implements Upstream {
  readonly location = 'images in memory';
  readonly #repositories = new Map<RepositoryName, Repository>();
  readonly #running = new Set<MemoryBody>();

  /** @throws RegistryError if a name, a digest or a manifest is none */
  constructor(images: readonly PublishedImage[]) {
    for (const image of images) this.#in(parseRepositoryName(image.repository)).publish(image);
  }

  async resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    const { tags, manifests } = this.#repository(repository);
    const digest = reference.kind === 'tag' ? tags.get(reference.tag) : reference.digest;
    const manifest = digest && manifests.get(digest);
    if (manifest === undefined) throw unknownManifest(referenceText(reference));
    return manifest.descriptor;
  }

  async fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    const manifest = this.#repository(repository).manifests.get(digest);
    if (manifest === undefined) throw unknownManifest(digest);
    return { bytes: manifest.bytes, mediaType: manifest.descriptor.mediaType };
  }

  async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
  ): Promise<FetchedBlob> {
    const body = new MemoryBody(this.#blob(repository, digest), offset, (ended) => {
      this.#running.delete(ended);
    });
    this.#running.add(body);
    return body;
  }

  async statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#blob(repository, digest).byteLength;
  }

  async listTags(repository: RepositoryName, request: PageRequest): Promise<TagPage> {
    const { tags } = this.#repository(repository);
    const { items, more } = page([...tags.keys()].sort(), request);
    return { tags: items, more };
  }

  async listReferrers(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const manifests = [...this.#repository(repository).manifests.values()];
    return manifests.filter((each) => each.subject?.digest === subject).map(referrer);
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {
    for (const body of this.#running) body.cancel();
  }

  #in(name: RepositoryName): Repository {
    const repository = this.#repositories.get(name) ?? new Repository();
    this.#repositories.set(name, repository);
    return repository;
  }

  #repository(name: RepositoryName): Repository {
    const repository = this.#repositories.get(name);
    if (repository !== undefined) return repository;
    throw new NameUnknown('the upstream has no such repository', { detail: { name } });
  }

  #blob(repository: RepositoryName, digest: Digest): Uint8Array {
    const bytes = this.#repository(repository).blobs.get(digest);
    if (bytes !== undefined) return bytes;
    throw new BlobUnknown('the upstream has no such blob', { detail: { digest } });
  }
}

function referrer({ descriptor, artifactType, annotations }: Manifest): Referrer {
  return {
    ...descriptor,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

function unknownManifest(reference: string): ManifestUnknown {
  return new ManifestUnknown('the upstream has no such manifest', { detail: { reference } });
}
