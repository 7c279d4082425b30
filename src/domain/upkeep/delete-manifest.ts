import type { Digest } from '../digest.ts';
import { ManifestUnknown } from '../errors.ts';
import type { Events } from '../ports/events.ts';
import type { ManifestShelf } from '../pull/manifest-shelf.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import type { TagBook } from '../pull/tag-book.ts';
import type { Reference, Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { HeldImage, Inventory } from './inventory.ts';
import type { PullLog } from './pull-log.ts';
import type { RemoveImage } from './remove-image.ts';
import type { Stock } from './stock.ts';
import type { TakeInventory } from './take-inventory.ts';

export interface DeleteManifestPorts {
  readonly stock: Stock;
  readonly takeInventory: TakeInventory;
  readonly removeImage: RemoveImage;
  readonly tags: TagBook;
  readonly links: RepositoryLinks;
  readonly shelf: ManifestShelf;
  readonly pullLog: PullLog;
  readonly events: Events;
}

const GO_ON = { isGivenUp: false };

/**
 * Removes from the storage what a client asks to remove. A tag goes alone: its manifest stays as an
 * image without one, until it is too old. A manifest goes with its tags, and with the blobs that
 * nothing else needs.
 */
export class DeleteManifest {
  readonly #ports: DeleteManifestPorts;

  constructor(ports: DeleteManifestPorts) {
    this.#ports = ports;
  }

  /**
   * @throws ManifestUnknown if it is not in storage
   * @throws StorageFailed
   */
  run(repository: RepositoryName, reference: Reference): Promise<void> {
    if (reference.kind === 'tag') return this.#tag(repository, reference.tag);
    const { stock } = this.#ports;
    return stock.alone(() => this.#manifest(repository, reference.digest));
  }

  async #tag(repository: RepositoryName, tag: Tag): Promise<void> {
    const { stock, tags } = this.#ports;
    if (!(await tags.remove(repository, tag))) throw unknown(tag);
    // Else an image would be taken for a tagged one, which patterns may keep.
    stock.touch(repository);
  }

  async #manifest(repository: RepositoryName, digest: Digest): Promise<void> {
    const { stock, takeInventory, removeImage, pullLog, events } = this.#ports;
    const { inventory } = await stock.take(GO_ON);
    // Another process may have stored more that needs the same blobs.
    await takeInventory.lookAgain(inventory, repository);
    const image =
      inventory.image(repository, digest) ?? (await this.#separated(inventory, repository, digest));
    if (image === undefined) throw unknown(digest);
    const removed = await removeImage.remove(inventory, image);
    pullLog.soon();
    if (removed === undefined) return; // somebody has pulled it after it was removed, so to speak
    const { tags, bytes } = removed;
    events.emit({ type: 'evicted', repository, digest, tags, bytes, why: 'deleted' });
  }

  /** A manifest that another one lists becomes an image of its own by losing its link. */
  async #separated(
    inventory: Inventory,
    repository: RepositoryName,
    digest: Digest,
  ): Promise<HeldImage | undefined> {
    const { links, shelf, takeInventory } = this.#ports;
    const manifest = await shelf.adopt(repository, digest);
    if (!(await links.unlinkRevision(repository, digest))) return undefined;
    await takeInventory.lookAgain(inventory, repository);
    const members = manifest?.blobs.map((blob) => blob.digest) ?? [];
    inventory.addImage({ repository, digest, tags: [], lastPullMs: 0, members });
    return inventory.image(repository, digest);
  }
}

function unknown(reference: Tag | Digest): ManifestUnknown {
  return new ManifestUnknown('there is no such manifest in the cache', { detail: { reference } });
}
