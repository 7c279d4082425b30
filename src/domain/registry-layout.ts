import { algorithmOf, type Digest, encodedOf, isDigest } from './digest.ts';
import type { Tag } from './reference.ts';
import type { RepositoryName } from './repository-name.ts';

/**
 * Where the CNCF registry keeps what it keeps, byte for byte (distribution
 * `registry/storage/paths.go`), so that a volume or a bucket can go from it to Kagami and back.
 * A key is a path below the storage's root, without a leading slash.
 */
const ROOT = 'docker/registry/v2';

/** Our own records lie beside the registry's, which walks only `docker/`. */
export const KAGAMI_ROOT = 'kagami';

export const REPOSITORIES: string = `${ROOT}/repositories`;
export const BLOBS: string = `${ROOT}/blobs`;

/** The bytes of a layer, a config or a manifest. */
export function blobKey(digest: Digest): string {
  const encoded = encodedOf(digest);
  return `${BLOBS}/${algorithmOf(digest)}/${encoded.slice(0, 2)}/${encoded}/data`;
}

/** The folder of the blobs that a repository may read, one child for each algorithm. */
export function layersKey(repository: RepositoryName): string {
  return `${REPOSITORIES}/${repository}/_layers`;
}

/** Lets `repository` read the blob; its content is the digest's text. */
export function layerLinkKey(repository: RepositoryName, digest: Digest): string {
  return `${layersKey(repository)}/${pathOf(digest)}/link`;
}

/** The folder of the manifests that a repository may read, one child for each algorithm. */
export function revisionsKey(repository: RepositoryName): string {
  return `${REPOSITORIES}/${repository}/_manifests/revisions`;
}

export function revisionLinkKey(repository: RepositoryName, digest: Digest): string {
  return `${revisionsKey(repository)}/${pathOf(digest)}/link`;
}

/** The folder whose children are the repository's tags. */
export function tagsKey(repository: RepositoryName): string {
  return `${REPOSITORIES}/${repository}/_manifests/tags`;
}

/** What the tag points to now. */
export function tagLinkKey(repository: RepositoryName, tag: Tag): string {
  return `${tagsKey(repository)}/${tag}/current/link`;
}

/** The folder of the digests that the tag ever had, one child for each algorithm. */
export function tagIndexesKey(repository: RepositoryName, tag: Tag): string {
  return `${tagsKey(repository)}/${tag}/index`;
}

/** One for each digest that the tag ever had. */
export function tagIndexKey(repository: RepositoryName, tag: Tag, digest: Digest): string {
  return `${tagIndexesKey(repository, tag)}/${pathOf(digest)}/link`;
}

/** What the CNCF registry was uploading or downloading; Kagami's own partials lie elsewhere. */
export function uploadsKey(repository: RepositoryName): string {
  return `${REPOSITORIES}/${repository}/_uploads`;
}

/** Ours: when the upstream last confirmed the tag. */
export function tagCheckKey(repository: RepositoryName, tag: Tag): string {
  return `${KAGAMI_ROOT}/tags/${repository}/_checks/${tag}`;
}

/** Ours: what is of no use after a power cut, and is not worth syncing. */
export const LEASES: string = `${KAGAMI_ROOT}/leases`;

/** @param name a path that ends in a digest's encoded part, a tag, or a task's name: none has a `~` */
export function leaseKey(name: string): string {
  return `${LEASES}/${name}`;
}

/** Whoever puts it may take the lease over from the holding of that id. */
export function leaseClaimKey(name: string, id: string): string {
  return `${leaseKey(name)}~${id}`;
}

/** What came of the last holding that left anything. */
export function leaseOutcomeKey(name: string): string {
  return `${leaseKey(name)}~`;
}

/** The folder of the counts of what each process has stored, one child for each. */
export const ARRIVALS: string = `${LEASES}/arrivals`;

export function arrivalsKey(owner: string): string {
  return `${ARRIVALS}/${owner}`;
}

/** The lease for downloading a blob. */
export function blobLease(digest: Digest): string {
  return `blobs/${pathOf(digest)}`;
}

/** The lease for fetching a manifest. */
export function manifestLease(repository: RepositoryName, digest: Digest): string {
  return `manifests/${repository}/_revisions/${pathOf(digest)}`;
}

/** The lease for asking the upstream what a tag points to. */
export function tagLease(repository: RepositoryName, tag: Tag): string {
  return `tags/${repository}/_tags/${tag}`;
}

/** The lease for a task that looks after the whole storage. */
export function taskLease(name: string): string {
  return `tasks/${name}`;
}

/** Ours: when the repository's manifests were last pulled. */
export function accessKey(repository: RepositoryName): string {
  return `${KAGAMI_ROOT}/access/${repository}/_pulls`;
}

/** A digest from an algorithm's folder and a name in it, if they make one. */
export function digestFromPath(algorithm: string, encoded: string): Digest | undefined {
  const text = `${algorithm}:${encoded}`;
  return isDigest(text) ? text : undefined;
}

function pathOf(digest: Digest): string {
  return `${algorithmOf(digest)}/${encodedOf(digest)}`;
}
