import type { Digest } from '../digest.ts';
import type { Clock } from '../ports/clock.ts';
import type { ManifestShelf } from '../pull/manifest-shelf.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import type { StoredBlobs } from '../pull/stored-blobs.ts';
import type { TagBook } from '../pull/tag-book.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import { atATime } from './at-a-time.ts';
import type { HeldImage, Inventory } from './inventory.ts';

export interface RemoveImagePorts {
  readonly links: RepositoryLinks;
  readonly tags: TagBook;
  readonly shelf: ManifestShelf;
  readonly stored: StoredBlobs;
  readonly times: AccessTimes;
  readonly clock: Clock;
}

/** How many links or blobs of an image: those who pull meanwhile must not have to wait for it. */
const REMOVED_AT_A_TIME = 4;

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
 * Removes images for good, from memory, from the storage, and from the inventory that tells what
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

  /**
   * @returns undefined, and the image stays, if a client has come for it meanwhile
   * @throws StorageFailed; what is left then goes when it is removed again, or as orphans
   */
  async remove(inventory: Inventory, image: HeldImage): Promise<RemovedImage | undefined> {
    const { repository, digest } = image;
    const members = this.#membersOfItsOwn(inventory, image);
    this.#forget(image, members);
    const tags = await this.#ports.tags.release(repository, digest);
    const manifests = await this.#unlinkManifests(repository, members);
    if (this.#isPulled(repository, members)) {
      await this.#linkAgain(repository, manifests);
      return undefined;
    }
    await atATime(REMOVED_AT_A_TIME, members, async (blob) => {
      await this.#ports.links.unlinkLayer(repository, blob);
    });
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

  /** Which of them are manifests only their links tell; to forget what is none does no harm. */
  #forget({ repository, digest }: HeldImage, members: readonly Digest[]): void {
    const { shelf, times, clock } = this.#ports;
    for (const member of members) {
      shelf.forget(repository, member, members);
      const isKnown = times.lastPullMs(repository, member) !== undefined;
      if (isKnown || member === digest) times.forget(repository, member, clock.now());
    }
  }

  /** Whether one was served that had been forgotten. */
  #isPulled(repository: RepositoryName, members: readonly Digest[]): boolean {
    return members.some((member) => {
      return this.#ports.times.lastPullMs(repository, member) !== undefined;
    });
  }

  /** Its own first; tells which there were. */
  async #unlinkManifests(
    repository: RepositoryName,
    members: readonly Digest[],
  ): Promise<Digest[]> {
    const manifests: Digest[] = [];
    const unlink = async (digest: Digest): Promise<void> => {
      if (await this.#ports.links.unlinkRevision(repository, digest)) manifests.push(digest);
    };
    const [own, ...others] = members;
    if (own !== undefined) await unlink(own);
    await atATime(REMOVED_AT_A_TIME, others, unlink);
    return manifests;
  }

  async #linkAgain(repository: RepositoryName, manifests: readonly Digest[]): Promise<void> {
    for (const digest of manifests) await this.#ports.links.linkRevision(repository, digest);
  }

  /** A repository without an image needs none of the blobs either that it has a link to. */
  async #unlinkRest(repository: RepositoryName): Promise<void> {
    const { links } = this.#ports;
    await atATime(REMOVED_AT_A_TIME, links.layers(repository), async (digest) => {
      await links.unlinkLayer(repository, digest);
    });
  }

  async #removeBlobs(
    { blobs }: Inventory,
    { repository, members }: HeldImage,
  ): Promise<Pick<RemovedImage, 'blobs' | 'bytes'>> {
    const going = members.filter((blob) => {
      const digest = blobs.digests.digest(blob);
      if (blobs.needsOf(blob) > 0 || this.#isBusy(digest)) return false;
      return !this.#isPulled(repository, [digest]);
    });
    const digests = going.map((blob) => blobs.digests.digest(blob));
    const bytes = going.reduce((sum, blob) => sum + blobs.sizeOf(blob), 0);
    const removed = await this.#ports.stored.remove(digests);
    for (const digest of digests) blobs.remove(digest);
    return { blobs: removed, bytes };
  }
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}
