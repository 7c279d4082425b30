import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import type { HeldImage, Inventory } from './inventory.ts';

/**
 * Brings the last pull of each image up to what is known by now: a pull of a manifest counts for
 * every image that it belongs to.
 */
export function refreshLastPulls(inventory: Inventory, times: AccessTimes): void {
  for (const repository of inventory.repositories) {
    refreshIn(inventory, times, repository, inventory.imagesOf(repository));
  }
}

/** The same for some images of a repository. */
export function refreshIn(
  inventory: Inventory,
  times: AccessTimes,
  repository: RepositoryName,
  images: Iterable<HeldImage>,
): void {
  const pulls = new Map<number, number>();
  const { digests } = inventory.blobs;
  for (const [manifest, ms] of times.of(repository)) pulls.set(digests.find(manifest), ms);
  if (pulls.size === 0) return;
  for (const image of images) {
    for (const member of image.members) {
      const ms = pulls.get(member);
      if (ms !== undefined) image.pulledAt(ms);
    }
  }
}
