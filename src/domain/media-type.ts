/** https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md, and Docker's own. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** What a blob is served as, and what is assumed where nothing is said. */
export const OCTET_STREAM = 'application/octet-stream';

/**
 * The manifests a mirror must always ask for, whatever its client accepts: without the indexes an
 * old registry answers a tag with another document, and the tag would be bound to its digest.
 */
export const MANIFEST_TYPES: readonly string[] = [
  OCI_INDEX,
  DOCKER_LIST,
  OCI_MANIFEST,
  DOCKER_MANIFEST,
];

export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}
