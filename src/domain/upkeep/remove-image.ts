import type { Digest } from '../digest.ts';
import type { Clock } from '../ports/clock.ts';
import type { ManifestShelf } from '../pull/manifest-shelf.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import type { StoredBlobs } from '../pull/stored-blobs.ts';
import type { TagBook } from '../pull/tag-book.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import type { HeldImage, Inventory } from './inventory.ts';

export interface RemoveImagePorts {
  readonly links: RepositoryLinks;
  readonly tags: TagBook;
  readonly shelf: ManifestShelf;
  readonly stored: StoredBlobs;
  readonly times: AccessTimes;
  readonly clock: Clock;
}

/** What has gone with an image. */
export interface RemovedImage {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  /** How many blobs went that no other image needs, and how much they took. */
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Removes images for good, from the storage, from memory, and from the inventory that tells what
 * others need. What a repository has links to is to be had, so the links go first, in the order in
 * which a client follows them: a crash on the way leaves blobs that nothing leads to, and no link
 * that leads nowhere.
 */
export class RemoveImage {
  readonly #ports: RemoveImagePorts;
  readonly #isBusy: (digest: Digest) => boolean;

  /** @param isBusy whether a blob is being transferred: then it stays, as one that no image needs */
  constructor(ports: RemoveImagePorts, isBusy: (digest: Digest) => boolean) {
    this.#ports = ports;
    this.#isBusy = isBusy;
  }

  /** @throws StorageFailed; what is left then goes when it is removed again, or as orphans */
  async remove(inventory: Inventory, image: HeldImage): Promise<RemovedImage> {
    const { repository, digest } = image;
    const tags = await this.#ports.tags.release(repository, digest);
    // Only now, for meanwhile another image of the repository may have come.
    const members = this.#membersOfItsOwn(inventory, image);
    await this.#unlink(image, members);
    inventory.removeImage(repository, digest);
    if (isEmpty(inventory.imagesOf(repository))) await this.#unlinkRest(repository);
    return { repository, digest, tags, ...(await this.#removeBlobs(inventory, image)) };
  }

  /** Those that no other image of its repository needs: its own manifest, and what is below it. */
  #membersOfItsOwn(inventory: Inventory, image: HeldImage): Digest[] {
    const shared = inventory.sharedInRepository(image);
    const members = image.members.filter((blob) => !shared.has(blob));
    return members.map((blob) => inventory.blobs.digests.digest(blob));
  }

  /** Those that are manifests are told by their links; its own may be without one. */
  async #unlink(image: HeldImage, members: readonly Digest[]): Promise<void> {
    const { links, shelf, times, clock } = this.#ports;
    const { repository } = image;
    for (const digest of members) {
      const isManifest = await links.unlinkRevision(repository, digest);
      if (!isManifest && digest !== image.digest) continue;
      shelf.forget(repository, digest, members);
      times.forget(repository, digest, clock.now());
    }
    for (const digest of members) await links.unlinkLayer(repository, digest);
  }

  /** A repository without an image needs none of the blobs either that it has a link to. */
  async #unlinkRest(repository: RepositoryName): Promise<void> {
    const { links } = this.#ports;
    for await (const digest of links.layers(repository)) {
      await links.unlinkLayer(repository, digest);
    }
  }

  async #removeBlobs(
    { blobs }: Inventory,
    { members }: HeldImage,
  ): Promise<Pick<RemovedImage, 'blobs' | 'bytes'>> {
    const removed = { blobs: 0, bytes: 0 };
    for (const blob of members) {
      const digest = blobs.digests.digest(blob);
      // To be asked for each, since an image may come at any time.
      if (blobs.needsOf(blob) > 0 || this.#isBusy(digest)) continue;
      removed.bytes += blobs.sizeOf(blob);
      if (await this.#ports.stored.remove(digest)) removed.blobs++;
      blobs.remove(digest);
    }
    return removed;
  }
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
