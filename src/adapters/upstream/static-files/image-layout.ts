import { algorithmOf, type Digest, encodedOf } from '../../../domain/digest.ts';
import { NameUnknown, UpstreamBadAnswer } from '../../../domain/errors.ts';
import { type Manifest, parseManifest } from '../../../domain/manifest.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import type { FileTree, OpenFile } from './file-tree.ts';
import { jsonObject } from './json-object.ts';
import { type LayoutEntry, layoutEntries } from './layout-index.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#oci-layout-file */
const VERSION = '1.0.0';

/**
 * One repository: the OCI image layout in the folder of its name. Nothing is remembered: its files
 * are small, and tools such as skopeo write them in place while the mirror runs.
 */
export class ImageLayout {
  readonly #tree: FileTree;
  readonly #folder: string;

  private constructor(tree: FileTree, folder: string) {
    this.#tree = tree;
    this.#folder = folder;
  }

  /**
   * A folder without an `oci-layout` is no repository: `library` in `library/alpine` is none.
   *
   * @throws NameUnknown
   * @throws UpstreamBadAnswer if the layout is of a version that is not known here
   */
  static async open(tree: FileTree, repository: RepositoryName): Promise<ImageLayout> {
    const bytes = await tree.read(`${repository}/oci-layout`);
    if (bytes === undefined) {
      await tree.requireRoot();
      throw new NameUnknown('the upstream has no such repository', {
        detail: { name: repository },
      });
    }
    if (jsonObject(bytes)?.['imageLayoutVersion'] !== VERSION) {
      throw new UpstreamBadAnswer(`${repository}/oci-layout does not say version ${VERSION}`);
    }
    return new ImageLayout(tree, repository);
  }

  /** @throws UpstreamBadAnswer if `index.json` is not there or not as the image-spec wants it */
  async entries(): Promise<LayoutEntry[]> {
    const name = `${this.#folder}/index.json`;
    const bytes = await this.#tree.read(name);
    if (bytes === undefined) throw new UpstreamBadAnswer(`${name} is missing`);
    const index = jsonObject(bytes);
    if (index === undefined) throw new UpstreamBadAnswer(`${name} is not a JSON object`);
    const entries = layoutEntries(index);
    if (entries === undefined) throw new UpstreamBadAnswer(`${name} has no list of manifests`);
    return entries;
  }

  blobSize(digest: Digest): Promise<number | undefined> {
    return this.#tree.size(this.blobName(digest));
  }

  openBlob(digest: Digest): Promise<OpenFile | undefined> {
    return this.#tree.open(this.blobName(digest));
  }

  readBlob(digest: Digest): Promise<Uint8Array | undefined> {
    return this.#tree.read(this.blobName(digest));
  }

  /** https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#blobs */
  blobName(digest: Digest): string {
    return `${this.#folder}/blobs/${algorithmOf(digest)}/${encodedOf(digest)}`;
  }
}

/**
 * The manifest that a blob's bytes are, or undefined if they are none. Both kinds must say version 2
 * (https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#image-manifest-property-descriptions),
 * which tells them from an image's config, itself a JSON object with a `config` in it.
 */
export function manifestIn(
  bytes: Uint8Array,
  digest: Digest,
  mediaType?: string,
): Manifest | undefined {
  if (jsonObject(bytes)?.['schemaVersion'] !== 2) return undefined;
  return parseManifest(digest, bytes, mediaType);
}
