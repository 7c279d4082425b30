import type { Digest } from '../digest.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import type { HeldImage, ImageSize, Inventory } from './inventory.ts';
import { platformsOf } from './platforms.ts';
import type { TakeInventory } from './take-inventory.ts';

export interface ListImagesPorts {
  readonly storage: StorageEngine;
  readonly takeInventory: TakeInventory;
  readonly times: AccessTimes;
  /** Learns what was here before. */
  readonly prepare: () => Promise<void>;
}

/** What there is to say of an image in storage. */
export interface ListedImage extends ImageSize {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly digest: Digest;
  readonly platforms: readonly string[];
  /** When its manifest was stored; undefined if that is not here. */
  readonly storedAtMs: number | undefined;
  /** Undefined if nobody is known to have pulled it. */
  readonly lastPullMs: number | undefined;
}

export interface ImageList {
  /** By repository, then by tag. */
  readonly images: readonly ListedImage[];
  /** What all that is stored takes. */
  readonly storedBytes: number;
}

/** Tells what is in storage; changes nothing. */
export class ListImages {
  readonly #ports: ListImagesPorts;

  constructor(ports: ListImagesPorts) {
    this.#ports = ports;
  }

  /** @throws StorageFailed */
  async run(isWanted: (image: HeldImage) => boolean): Promise<ImageList> {
    const { takeInventory, prepare } = this.#ports;
    await prepare();
    const inventory = await takeInventory.run();
    const images: ListedImage[] = [];
    for (const image of inventory.images()) {
      if (isWanted(image)) images.push(await this.#describe(inventory, image));
    }
    return { images: images.sort(inOrder), storedBytes: inventory.blobs.bytes };
  }

  async #describe(inventory: Inventory, image: HeldImage): Promise<ListedImage> {
    const { storage } = this.#ports;
    const { repository, digest } = image;
    const [own] = image.members;
    return {
      repository,
      tags: [...image.tags].sort(),
      digest,
      platforms: await platformsOf(storage.blobs, digest),
      storedAtMs: inventory.blobs.isHere(own) ? inventory.blobs.sinceMs(own) : undefined,
      lastPullMs: this.#lastPullMs(inventory, image),
      ...inventory.sizeOf(image),
    };
  }

  /** A pull of what it lists counts, too. */
  #lastPullMs({ blobs }: Inventory, { repository, members }: HeldImage): number | undefined {
    const pulls = members.map((blob) => {
      return this.#ports.times.lastPullMs(repository, blobs.digests.digest(blob));
    });
    const known = pulls.filter((ms) => ms !== undefined);
    return known.length > 0 ? Math.max(...known) : undefined;
  }
}

function inOrder(left: ListedImage, right: ListedImage): number {
  return compare(left.repository, right.repository) || compare(nameOf(left), nameOf(right));
}

/** Those without a tag come last. */
function nameOf({ tags: [tag], digest }: ListedImage): string {
  return tag === undefined ? `~${digest}` : tag;
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
