import type { Digest } from '../digest.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';

/** A manifest that a repository may read, under some tags or none. */
export interface InventoryImage {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  readonly lastPullMs: number;
}

export interface StoredBlob {
  readonly digest: Digest;
  readonly size: number;
}

export interface InventoryTotals {
  readonly images: number;
  readonly blobs: number;
  /** Each blob counted once, however many images need it. */
  readonly bytes: number;
}

/** The size of a blob that an image needs and that is not stored (yet, or any more). */
const NOT_STORED = -1;

/**
 * What is stored, and who needs it. There may be a million blobs in it, so a blob is a number here,
 * counted from 0, and what is known of blobs and members lies in arrays of numbers.
 *
 * Blobs and images may be added in any order. An image is added once.
 */
export class Inventory {
  readonly #ids = new Map<Digest, number>();
  readonly #digests: Digest[] = [];
  #sizes = new Float64Array(1024);
  /** How many images need the blob. */
  #needs = new Int32Array(1024);
  readonly #images: InventoryImage[] = [];
  /** Where each image's members end; they begin where those of the image before it end. */
  readonly #ends: number[] = [];
  #members = new Int32Array(1024);
  #blobs = 0;
  #bytes = 0;

  /** A second size of the same blob replaces the first. */
  addBlob(digest: Digest, size: number): void {
    const id = this.#idOf(digest);
    const before = this.sizeOf(id);
    if (before === undefined) this.#blobs++;
    this.#bytes += size - (before ?? 0);
    this.#sizes[id] = size;
  }

  /** @param members what is needed to pull it: manifests, configs, layers, stored or not */
  addImage(image: InventoryImage & { readonly members: Iterable<Digest> }): void {
    const { repository, digest, tags, lastPullMs, members } = image;
    const ids = new Set<number>([this.#idOf(digest)]); // a manifest may list a layer twice
    for (const member of members) ids.add(this.#idOf(member));
    let end = this.#ends.at(-1) ?? 0;
    if (end + ids.size > this.#members.length) {
      this.#members = grown(this.#members, end + ids.size);
    }
    for (const id of ids) {
      this.#members[end++] = id;
      this.#needs[id] = (this.#needs[id] ?? 0) + 1;
    }
    this.#images.push({ repository, digest, tags, lastPullMs });
    this.#ends.push(end);
  }

  get totals(): InventoryTotals {
    return { images: this.#images.length, blobs: this.#blobs, bytes: this.#bytes };
  }

  get images(): readonly InventoryImage[] {
    return this.#images;
  }

  /** How many numbers blobs have, those included that are needed and not stored. */
  get ids(): number {
    return this.#digests.length;
  }

  digestOf(id: number): Digest {
    const digest = this.#digests[id];
    if (digest === undefined) throw new RangeError(`there is no blob ${id}`);
    return digest;
  }

  /** Undefined if it is not stored. */
  sizeOf(id: number): number | undefined {
    const size = this.#sizes[id];
    return size === NOT_STORED ? undefined : size;
  }

  /** The blobs that an image needs, itself first, each once. @param index in {@link images} */
  membersOf(index: number): Int32Array {
    return this.#members.subarray(this.#ends[index - 1] ?? 0, this.#ends[index]);
  }

  /** How many images need each blob; a copy, to count down. */
  needs(): Int32Array {
    return this.#needs.slice(0, this.ids);
  }

  /** The stored blobs that no image needs. */
  *orphans(): Iterable<StoredBlob> {
    for (let id = 0; id < this.ids; id++) {
      const size = this.sizeOf(id);
      if (this.#needs[id] === 0 && size !== undefined) yield { digest: this.digestOf(id), size };
    }
  }

  #idOf(digest: Digest): number {
    const known = this.#ids.get(digest);
    if (known !== undefined) return known;
    const id = this.#digests.push(digest) - 1;
    this.#ids.set(digest, id);
    if (id >= this.#sizes.length) {
      this.#sizes = grown(this.#sizes, id + 1);
      this.#needs = grown(this.#needs, id + 1);
    }
    this.#sizes[id] = NOT_STORED;
    return id;
  }
}

/** A longer one that begins with the same; half as long again, so that growing stays rare. */
function grown<A extends Int32Array | Float64Array>(array: A, atLeast: number): A {
  const length = Math.max(atLeast, Math.ceil(array.length * 1.5));
  const longer = array instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
  longer.set(array);
  return longer as A;
}
