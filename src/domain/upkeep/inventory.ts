import type { Digest } from '../digest.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import { BlobLedger, type HeldBlob } from './blob-ledger.ts';

/** A manifest that a repository has by itself, and not because another one lists it. */
export interface ImageFacts {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  /** When it was last pulled; where nobody knows, when it came or was first seen. */
  readonly lastPullMs: number;
  /** The manifests and blobs that it needs; itself need not be among them. */
  readonly members: Iterable<Digest>;
}

/** How much an image takes. */
export interface ImageSize {
  /** With all its members that are here. */
  readonly bytes: number;
  /** Without those that another image needs too. */
  readonly ownBytes: number;
}

/** An image in an {@link Inventory}. */
export class HeldImage {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  /** The numbers that its members have in the ledger, each once; its own manifest comes first. */
  readonly members: readonly [own: number, ...others: number[]];
  readonly #blobs: BlobLedger;
  #lastPullMs: number;

  constructor(facts: ImageFacts, blobs: BlobLedger) {
    this.repository = facts.repository;
    this.tags = facts.tags;
    this.#lastPullMs = facts.lastPullMs;
    const others = new Set(facts.members);
    others.delete(facts.digest);
    const numbers = Array.from(others, (digest) => blobs.numberOf(digest));
    this.members = [blobs.numberOf(facts.digest), ...numbers];
    this.#blobs = blobs;
  }

  get lastPullMs(): number {
    return this.#lastPullMs;
  }

  /** It was pulled, too, at this time; its last pull never moves back. */
  pulledAt(ms: number): void {
    if (ms > this.#lastPullMs) this.#lastPullMs = ms;
  }

  get digest(): Digest {
    return this.#blobs.digests.digest(this.members[0]);
  }
}

/**
 * What is in storage, as far as facts have come in; they may come in any order, and again. A million
 * blobs and a hundred thousand images take some 125 MB.
 */
export class Inventory {
  readonly blobs: BlobLedger = new BlobLedger();
  /** By repository, then by the manifest's number. */
  readonly #repositories = new Map<RepositoryName, Map<number, HeldImage>>();

  addBlob(blob: HeldBlob): void {
    this.blobs.add(blob);
  }

  /** The blob is not in storage any more. */
  removeBlob(digest: Digest): void {
    this.blobs.remove(digest);
  }

  /** Whether the blob is in storage. */
  holds(digest: Digest): boolean {
    const blob = this.blobs.digests.find(digest);
    return blob >= 0 && this.blobs.isHere(blob);
  }

  /** What was said of the image before is replaced; only its last pull never moves back. */
  addImage(facts: ImageFacts): void {
    const before = this.image(facts.repository, facts.digest);
    const lastPullMs = Math.max(facts.lastPullMs, before?.lastPullMs ?? facts.lastPullMs);
    const repository = before?.repository ?? facts.repository;
    const image = new HeldImage({ ...facts, repository, lastPullMs }, this.blobs);
    for (const blob of image.members) this.blobs.need(blob);
    for (const blob of before?.members ?? []) this.blobs.release(blob);
    this.#mapOf(repository).set(image.members[0], image);
  }

  /** Those of its members that are here and that no image needs any more: they may be deleted. */
  removeImage(repository: RepositoryName, digest: Digest): Digest[] {
    const image = this.image(repository, digest);
    if (image === undefined) return [];
    const images = this.#mapOf(repository);
    images.delete(image.members[0]);
    if (images.size === 0) this.#repositories.delete(repository);
    for (const blob of image.members) this.blobs.release(blob);
    const freed = image.members.filter((blob) => this.blobs.needsOf(blob) === 0);
    const here = freed.filter((blob) => this.blobs.isHere(blob));
    return here.map((blob) => this.blobs.digests.digest(blob));
  }

  image(repository: RepositoryName, digest: Digest): HeldImage | undefined {
    const own = this.blobs.digests.find(digest);
    return this.#repositories.get(repository)?.get(own);
  }

  /** Those of the members of `image` that another image of its repository needs. */
  sharedInRepository(image: HeldImage): Set<number> {
    const shared = new Set<number>();
    // What one image alone needs is in no other: that is most, and saves the looking.
    const sought = new Set(image.members.filter((blob) => this.blobs.needsOf(blob) > 1));
    for (const other of this.imagesOf(image.repository)) {
      if (sought.size === 0) break;
      if (other.members[0] === image.members[0]) continue;
      for (const blob of other.members) if (sought.delete(blob)) shared.add(blob);
    }
    return shared;
  }

  /** Those of a repository, in no order. */
  *imagesOf(repository: RepositoryName): Iterable<HeldImage> {
    yield* this.#repositories.get(repository)?.values() ?? [];
  }

  get repositories(): Iterable<RepositoryName> {
    return this.#repositories.keys();
  }

  get imageCount(): number {
    let count = 0;
    for (const images of this.#repositories.values()) count += images.size;
    return count;
  }

  /** All of them, in no order. */
  *images(): Iterable<HeldImage> {
    for (const images of this.#repositories.values()) yield* images.values();
  }

  sizeOf(image: HeldImage): ImageSize {
    let bytes = 0;
    let ownBytes = 0;
    for (const blob of image.members) {
      const size = this.blobs.sizeOf(blob);
      bytes += size;
      if (this.blobs.needsOf(blob) === 1) ownBytes += size;
    }
    return { bytes, ownBytes };
  }

  #mapOf(repository: RepositoryName): Map<number, HeldImage> {
    let images = this.#repositories.get(repository);
    if (images === undefined) {
      images = new Map();
      this.#repositories.set(repository, images);
    }
    return images;
  }
}
