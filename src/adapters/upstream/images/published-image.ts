/** Bytes with their media type and digest. */
export interface PublishedContent {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** An image, or an index with all below it, under its name. */
export interface PublishedImage {
  readonly repository: string;
  /** None, and it can be had by its digest alone. */
  readonly tags: readonly string[];
  /** What the tags stand for first, then the manifests below it. */
  readonly manifests: readonly PublishedContent[];
  readonly blobs: readonly PublishedContent[];
}
