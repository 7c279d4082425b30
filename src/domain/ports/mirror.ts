import type { ByteRange, ResolvedRange } from '../byte-range.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import type { Manifest } from '../manifest.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { BlobFile } from './blob-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { PageRequest, TagPage } from './upstream.ts';

/**
 * Where an answer came from: storage (`hit`), the upstream (`miss`), a download that another client
 * or another mirror had started (`joined`), or storage because the upstream could not be asked (`stale`).
 */
export type Source = 'hit' | 'miss' | 'joined' | 'stale';

export interface ResolvedManifest {
  readonly descriptor: Descriptor;
  readonly source: Source;
  /** How long ago the upstream last confirmed it, in milliseconds; only for `stale`. */
  readonly ageMs?: number;
}

export interface ServedManifest extends ResolvedManifest {
  /** The same object each time while the manifest stays in memory. */
  readonly manifest: Manifest;
}

export interface ServedBlob {
  /** The size of the whole blob in bytes; undefined while nobody has announced it. */
  readonly size: number | undefined;
  /** The part that `reader` gives; undefined for the whole. */
  readonly range: ResolvedRange | undefined;
  readonly source: Source;
  /** Whoever gets it closes it. It rejects if the bytes break off or turn out to be wrong. */
  readonly reader: ByteReader;
}

export interface RepositoryPage {
  readonly repositories: readonly string[];
  /** Whether there are more after the last one. */
  readonly more: boolean;
}

/**
 * What the mirror does for those who drive it: the inbound port. Every method may reject with any
 * {@link RegistryError}.
 */
export interface Mirror {
  /** What the reference stands for; fetches nothing that is counted as a pull. */
  resolveManifest(repository: RepositoryName, reference: Reference): Promise<ResolvedManifest>;
  getManifest(repository: RepositoryName, reference: Reference): Promise<ServedManifest>;
  /** The same for one in memory, at once; for all others there is `getManifest`. */
  heldManifest(repository: RepositoryName, digest: Digest): ServedManifest | undefined;
  /** The blob's size in bytes; never downloads it. */
  statBlob(repository: RepositoryName, digest: Digest): Promise<number>;
  openBlob(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<ServedBlob>;
  /**
   * The bytes of a blob that is in memory, if it is known already that the repository may have it; for
   * all others there is `openBlob`.
   */
  heldBlob(repository: RepositoryName, digest: Digest): Uint8Array | undefined;
  /**
   * Where the client is to fetch the blob from instead; undefined where it is served from here, or
   * cannot be.
   */
  locateBlob(repository: RepositoryName, digest: Digest): Promise<string | undefined>;
  /**
   * The file of a stored blob that the client may have, for a proxy that sends it by itself;
   * undefined where the blob has to be opened.
   */
  fileOfBlob(repository: RepositoryName, digest: Digest): Promise<BlobFile | undefined>;
  /** The upstream's tags, or those in storage if it cannot be asked. */
  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage>;
  listReferrers(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]>;
  /**
   * Removes a tag, or a manifest with its tags and all that nothing else needs, from the storage; the
   * next pull fetches it again.
   */
  deleteManifest(repository: RepositoryName, reference: Reference): Promise<void>;
  /** The repositories in storage, in ascending order. */
  listRepositories(page: PageRequest): Promise<RepositoryPage>;
}
