import type { Digest } from '../digest.ts';
import type { HeldImage, Inventory } from './inventory.ts';

/**
 * Which of the blobs that wait for room is to go in when nothing can be removed for them: of the image
 * that lacks the fewest. When it is whole, it is in nobody's way any more, and can be removed.
 *
 * @param waiting in the order in which they came; of equals the first goes in
 */
export function nearestToWhole(
  inventory: Inventory,
  waiting: Iterable<Digest>,
): Digest | undefined {
  const sought = new Map<number, number>();
  for (const digest of waiting) sought.set(inventory.blobs.numberOf(digest), Infinity);
  for (const image of inventory.images()) {
    const lacking = lackingOf(image, inventory);
    for (const blob of lacking) {
      const fewest = sought.get(blob);
      if (fewest !== undefined && lacking.length < fewest) sought.set(blob, lacking.length);
    }
  }
  let [nearest] = sought.keys();
  for (const [blob, lacking] of sought) {
    if (lacking < (sought.get(nearest as number) as number)) nearest = blob;
  }
  return nearest === undefined ? undefined : inventory.blobs.digests.digest(nearest);
}

function lackingOf(image: HeldImage, { blobs }: Inventory): readonly number[] {
  return image.members.filter((blob) => !blobs.isHere(blob));
}
