import { type Digest, parseDigest } from '../../../domain/digest.ts';
import { type Manifest, parseManifest } from '../../../domain/manifest.ts';
import { parseTag, type Tag } from '../../../domain/reference.ts';
import type { PublishedContent, PublishedImage } from './published-image.ts';

/** What was published under one name. */
export class Repository {
  readonly tags: Map<Tag, Digest> = new Map();
  readonly manifests: Map<Digest, Manifest> = new Map();
  readonly blobs: Map<Digest, Uint8Array> = new Map();

  /**
   * Of two with one tag the last counts, as in a registry.
   *
   * @throws TagInvalid
   * @throws DigestInvalid
   * @throws ManifestInvalid
   */
  publish({ tags, manifests, blobs }: PublishedImage): void {
    for (const { digest, bytes } of blobs) this.blobs.set(parseDigest(digest), bytes);
    for (const content of manifests) this.#manifest(content);
    const [first] = manifests;
    if (first === undefined) return;
    for (const tag of tags) this.tags.set(parseTag(tag), parseDigest(first.digest));
  }

  #manifest({ digest, bytes, mediaType }: PublishedContent): void {
    const parsed = parseDigest(digest);
    this.manifests.set(parsed, parseManifest(parsed, bytes, mediaType));
    // A registry gives a manifest as a blob, too.
    this.blobs.set(parsed, bytes);
  }
}
