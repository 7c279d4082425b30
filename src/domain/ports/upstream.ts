import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';

export interface FetchedManifest {
  /** As the upstream received them; nobody has compared them with a digest yet. */
  readonly bytes: Uint8Array;
  /** What the upstream calls them, where it says so. */
  readonly mediaType: string | undefined;
}

/** A blob's bytes on their way. */
export interface FetchedBlob {
  /** Where in the blob `body` begins: the offset asked for, or 0 if the upstream does not do ranges. */
  readonly offset: number;
  /** The size of the whole blob in bytes, where the upstream announces it. */
  readonly size: number | undefined;
  /** Where in the blob `body` ends, exclusive; undefined if the upstream did not do the range. */
  readonly end?: number | undefined;
  /**
   * The bytes, unverified; each piece stays as it is. Throws an {@link UpstreamFailure} if they
   * break off. To leave the iteration gives up the download.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up the download at once: whoever waits for `body` gets an {@link UpstreamFailure}. */
  cancel(): void;
}

export interface TagPage {
  readonly tags: readonly string[];
  /** Whether there are more after the last one. */
  readonly more: boolean;
}

export interface PageRequest {
  /** At most how many; undefined leaves it to the registry. */
  readonly limit: number | undefined;
  /** Only what comes after this one. */
  readonly last: string | undefined;
}

/**
 * Where content comes from. Every method rejects with an {@link UpstreamFailure} if no answer could
 * be had, and otherwise with what the upstream's answer means: {@link NameUnknown},
 * {@link ManifestUnknown}, {@link BlobUnknown}, {@link Denied}.
 */
export interface Upstream {
  /** What it is, in words for a person: a URL without secrets. */
  readonly location: string;
  /**
   * What a tag or a digest stands for now, without fetching it; cheap, and not counted as a pull by
   * Docker Hub. `timeoutMs` bounds the whole of it.
   *
   * @throws UpstreamTimeout
   */
  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor>;
  /** @throws UpstreamBadAnswer if it is larger than {@link LARGEST_MANIFEST} */
  fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest>;
  /**
   * The blob from `offset` on, up to `end` (exclusive) if there is one; resolves as soon as the
   * upstream's headers are here. Who cannot do ranges gives more: whoever asks cuts it off.
   */
  fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob>;
  /** The blob's size in bytes, without fetching it. */
  statBlob(repository: RepositoryName, digest: Digest): Promise<number>;
  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage>;
  /** What refers to `subject`; undefined if the upstream does not have the referrers API. */
  listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined>;
  /**
   * Takes note that what came under this digest was something else. Whether it can be had elsewhere,
   * which is where it is asked for from now on; one that has nowhere else to ask lacks this.
   */
  distrust?(digest: Digest): boolean;
  /** Finds out whether it answers at all, and learns what it can for the first pull. */
  probe(): Promise<void>;
  /** Gives up every running request. */
  close(): Promise<void>;
}
