import type { Digest } from '../../src/domain/digest.ts';
import { AccessTimes } from '../../src/domain/upkeep/access-times.ts';
import type { HeldImage, Inventory } from '../../src/domain/upkeep/inventory.ts';
import { type RemovedImage, RemoveImage } from '../../src/domain/upkeep/remove-image.ts';
import { TakeInventory } from '../../src/domain/upkeep/take-inventory.ts';
import { ALPINE, type PullOptions, type PullParts, pullParts, type World } from './pull-parts.ts';

export interface UpkeepParts extends PullParts {
  readonly times: AccessTimes;
  readonly takeInventory: TakeInventory;
  readonly removeImage: RemoveImage;
}

/** The use cases that look after what others have pulled into the same storage. */
export function upkeepParts(options?: PullOptions, world?: World): UpkeepParts {
  const parts = pullParts(options, world);
  const times = new AccessTimes();
  const takeInventory = new TakeInventory({ ...parts, times });
  const isBusy = (digest: Digest): boolean => parts.transfers.get(digest) !== undefined;
  const removeImage = new RemoveImage({ ...parts, times }, isBusy);
  return { ...parts, times, takeInventory, removeImage };
}

/** Takes stock, and removes this image of alpine. */
export async function remove(parts: UpkeepParts, digest: Digest): Promise<RemovedImage> {
  const inventory = await parts.takeInventory.run();
  const image = inventory.image(ALPINE, digest);
  if (image === undefined) throw new Error(`there is no image ${digest}`);
  return parts.removeImage.remove(inventory, image);
}

/** An image's repository, tags and members, in words that can be compared. */
export function described(
  inventory: Inventory,
  { repository, digest, tags, members }: HeldImage,
): object {
  const digests = members.map((blob) => inventory.blobs.digests.digest(blob));
  return { repository, digest, tags: [...tags].sort(), members: digests.sort() };
}

/** Every key and blob in storage. */
export async function contents({ storage }: PullParts): Promise<string[]> {
  const found: string[] = [];
  const below = async (key: string): Promise<void> => {
    const names = await storage.records.children(key);
    if (names.length === 0) found.push(key);
    for (const name of names) await below(`${key}/${name}`);
  };
  for (const root of ['docker', 'kagami']) {
    if ((await storage.records.children(root)).length > 0) await below(root);
  }
  for await (const { digest } of storage.blobs.list()) found.push(digest);
  return found.sort();
}
