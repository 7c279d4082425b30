import { fileURLToPath } from 'node:url';
import type { Descriptor } from '../../../domain/descriptor.ts';
import type { Digest } from '../../../domain/digest.ts';
import { BlobUnknown, ManifestUnknown } from '../../../domain/errors.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../../../domain/ports/upstream.ts';
import { page } from '../../../domain/pull/page.ts';
import { type Reference, referenceText, type Tag } from '../../../domain/reference.ts';
import type { Referrer } from '../../../domain/referrers.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { FileBlob } from './file-blob.ts';
import { FileTree } from './file-tree.ts';
import { ImageLayout, manifestIn } from './image-layout.ts';
import type { LayoutEntry } from './layout-index.ts';
import { findReferrers } from './referrers-walk.ts';
import { within } from './within.ts';

/**
 * A directory that holds an OCI image layout for each repository, in the folder of its name:
 * `DIR/library/alpine/{oci-layout,index.json,blobs}` is `library/alpine`.
 */
export class StaticFilesUpstream implements Upstream {
  readonly location: string;
  readonly #tree: FileTree;
  readonly #running = new Set<FileBlob>();

  /** @param url `file:` and the directory's path; a URL with a host in it has no path here */
  constructor(url: Readonly<URL>) {
    this.location = url.href;
    this.#tree = new FileTree(fileURLToPath(url));
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return within(timeoutMs, this.#resolve(repository, reference));
  }

  async fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    const layout = await this.#layout(repository);
    const bytes = await layout.readBlob(digest);
    if (bytes === undefined) throw unknownManifest(digest);
    const mediaType = (await entryOf(layout, { digest }))?.mediaType ?? typeOf(bytes, digest);
    return { bytes, mediaType };
  }

  async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
  ): Promise<FetchedBlob> {
    const layout = await this.#layout(repository);
    const file = await layout.openBlob(digest);
    if (file === undefined) throw unknownBlob(digest);
    const blob = new FileBlob(layout.blobName(digest), file, offset, (closed) => {
      this.#running.delete(closed);
    });
    this.#running.add(blob);
    return blob;
  }

  async statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    const size = await (await this.#layout(repository)).blobSize(digest);
    if (size === undefined) throw unknownBlob(digest);
    return size;
  }

  async listTags(repository: RepositoryName, request: PageRequest): Promise<TagPage> {
    const entries = await (await this.#layout(repository)).entries();
    const tags = entries.map(({ tag }) => tag).filter((tag) => tag !== undefined);
    // The default order of sort() is that of UTF-16 code units; all of a tag's are ASCII.
    const { items, more } = page([...new Set(tags)].sort(), request);
    return { tags: items, more };
  }

  async listReferrers(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    return findReferrers(await this.#layout(repository), subject);
  }

  probe(): Promise<void> {
    return this.#tree.requireRoot();
  }

  close(): Promise<void> {
    for (const blob of this.#running) blob.cancel();
    return Promise.resolve();
  }

  #layout(repository: RepositoryName): Promise<ImageLayout> {
    return ImageLayout.open(this.#tree, repository);
  }

  /**
   * A tag whose manifest is not among the blobs is not there: the layout may lack listed blobs
   * ("SHOULD be fulfilled by an external blob store"), and no pull of it could succeed.
   */
  async #resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    const layout = await this.#layout(repository);
    const entry = await entryOf(layout, reference);
    const digest = reference.kind === 'digest' ? reference.digest : entry?.digest;
    if (digest === undefined) throw unknownManifest(referenceText(reference));
    const size = await layout.blobSize(digest);
    if (size === undefined) throw unknownManifest(referenceText(reference));
    return { mediaType: entry?.mediaType ?? (await readType(layout, digest)), digest, size };
  }
}

/** Where tools left two entries for a tag, the first one counts, as for skopeo. */
async function entryOf(
  layout: ImageLayout,
  wanted: { tag: Tag } | { digest: Digest },
): Promise<LayoutEntry | undefined> {
  const entries = await layout.entries();
  if ('tag' in wanted) return entries.find(({ tag }) => tag === wanted.tag);
  return entries.find(({ digest }) => digest === wanted.digest);
}

async function readType(layout: ImageLayout, digest: Digest): Promise<string> {
  const bytes = await layout.readBlob(digest);
  if (bytes === undefined) throw unknownManifest(digest);
  return typeOf(bytes, digest);
}

/** The type of a manifest that only an index in the blobs lists, from the manifest itself. */
function typeOf(bytes: Uint8Array, digest: Digest): string {
  const manifest = manifestIn(bytes, digest);
  if (manifest === undefined) throw unknownManifest(digest);
  return manifest.descriptor.mediaType;
}

function unknownManifest(reference: string): ManifestUnknown {
  return new ManifestUnknown('the upstream has no such manifest', { detail: { reference } });
}

function unknownBlob(digest: Digest): BlobUnknown {
  return new BlobUnknown('the upstream has no such blob', { detail: { digest } });
}
