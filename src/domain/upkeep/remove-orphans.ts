import type { Digest } from '../digest.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import type { StoredBlobs } from '../pull/stored-blobs.ts';
import type { Inventory } from './inventory.ts';

export interface RemoveOrphansPorts {
  readonly links: RepositoryLinks;
  readonly stored: StoredBlobs;
}

/** How many are removed at a time: for each time, the links of every repository are looked at. */
const AT_A_TIME = 10_000;

/** How many go by one request, where the storage can do that. */
const REMOVED_TOGETHER = 100;

/** What has gone. */
export interface RemovedOrphans {
  readonly blobs: number;
  readonly bytes: number;
}

/** Removes blobs that no image needs, and before each the links that repositories have to it. */
export class RemoveOrphans {
  readonly #ports: RemoveOrphansPorts;
  readonly #isBusy: (digest: Digest) => boolean;

  /** @param isBusy whether a blob is being transferred: then it stays */
  constructor(ports: RemoveOrphansPorts, isBusy: (digest: Digest) => boolean) {
    this.#ports = ports;
    this.#isBusy = isBusy;
  }

  /** @throws StorageFailed */
  async remove(inventory: Inventory, orphans: Iterable<Digest>): Promise<RemovedOrphans> {
    const removed = { blobs: 0, bytes: 0 };
    let some = new Set<Digest>();
    for (const digest of orphans) {
      some.add(digest);
      if (some.size < AT_A_TIME) continue;
      await this.#removeSome(inventory, some, removed);
      some = new Set();
    }
    if (some.size > 0) await this.#removeSome(inventory, some, removed);
    return removed;
  }

  async #removeSome(
    inventory: Inventory,
    orphans: ReadonlySet<Digest>,
    removed: { blobs: number; bytes: number },
  ): Promise<void> {
    await this.#unlink(orphans);
    let some: Digest[] = [];
    for (const digest of orphans) {
      some.push(digest);
      if (some.length < REMOVED_TOGETHER) continue;
      await this.#removeTogether(inventory, some, removed);
      some = [];
    }
    if (some.length > 0) await this.#removeTogether(inventory, some, removed);
  }

  async #removeTogether(
    { blobs }: Inventory,
    orphans: readonly Digest[],
    removed: { blobs: number; bytes: number },
  ): Promise<void> {
    // To be asked again for each few, since an image may come at any time.
    const going = orphans.filter((digest) => {
      return blobs.needsOf(blobs.numberOf(digest)) === 0 && !this.#isBusy(digest);
    });
    removed.blobs += await this.#ports.stored.remove(going);
    for (const digest of going) {
      removed.bytes += blobs.sizeOf(blobs.numberOf(digest));
      blobs.remove(digest);
    }
  }

  async #unlink(orphans: ReadonlySet<Digest>): Promise<void> {
    const { links } = this.#ports;
    for await (const repository of links.repositoriesWithLinks()) {
      for await (const digest of links.layers(repository)) {
        if (orphans.has(digest)) await links.unlinkLayer(repository, digest);
      }
    }
  }
}
