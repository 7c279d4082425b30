import type { Digest } from '../../src/domain/digest.ts';
import { AccessTimes } from '../../src/domain/upkeep/access-times.ts';
import { DeleteManifest } from '../../src/domain/upkeep/delete-manifest.ts';
import { Evictor, type EvictorPolicy } from '../../src/domain/upkeep/evictor.ts';
import { learnFirstFetches } from '../../src/domain/upkeep/first-fetches.ts';
import type { HeldImage, Inventory } from '../../src/domain/upkeep/inventory.ts';
import { PullLog } from '../../src/domain/upkeep/pull-log.ts';
import { type RemovedImage, RemoveImage } from '../../src/domain/upkeep/remove-image.ts';
import { RemoveOrphans } from '../../src/domain/upkeep/remove-orphans.ts';
import { SharedArrivals } from '../../src/domain/upkeep/shared-arrivals.ts';
import { Stock } from '../../src/domain/upkeep/stock.ts';
import { TakeInventory } from '../../src/domain/upkeep/take-inventory.ts';
import { ALPINE, type PullOptions, type PullParts, pullParts, type World } from './pull-parts.ts';

export interface UpkeepParts extends PullParts {
  readonly times: AccessTimes;
  readonly pullLog: PullLog;
  readonly takeInventory: TakeInventory;
  readonly removeImage: RemoveImage;
  readonly removeOrphans: RemoveOrphans;
  readonly stock: Stock;
  readonly arrivals: SharedArrivals;
  readonly evictor: Evictor;
  readonly deleteManifest: DeleteManifest;
}

const NO_LIMITS: EvictorPolicy = {
  maxSize: { kind: 'share', share: 0.9 },
  lowWater: { kind: 'share', share: 0.9 },
  ttlMs: 0,
  keep: [],
};

/** The use cases that look after what others have pulled into the same storage; it is not started. */
export function upkeepParts(
  { tags, ...policy }: Partial<EvictorPolicy> & { readonly tags?: PullOptions } = {},
  world?: World,
): UpkeepParts {
  const late: { log?: PullLog } = {};
  const noted: PullOptions['noted'] = (repository, manifest) => {
    late.log?.pulled(repository, manifest);
  };
  const parts = pullParts({ ...tags, noted }, world);
  const { storage, transfers, events, upstream } = parts;
  upstream.script = { pieceSize: 64 * 1024 };
  const { records } = storage;
  const times = new AccessTimes();
  const pullLog = new PullLog({ ...parts, records, times });
  late.log = pullLog;
  const takeInventory = new TakeInventory({ ...parts, times });
  const isBusy = (digest: Digest): boolean => transfers.get(digest) !== undefined;
  const removeImage = new RemoveImage({ ...parts, times }, isBusy);
  const removeOrphans = new RemoveOrphans(parts, isBusy);
  const stock = new Stock({ ...parts, times, takeInventory });
  const arrivals = new SharedArrivals(records, undefined);
  const upkeep = { times, pullLog, takeInventory, removeImage, removeOrphans, stock, arrivals };
  const evictor = new Evictor(
    {
      ...parts,
      ...upkeep,
      records,
      exclusively: (_, task) => task(),
      prepare: () => learnFirstFetches(records, times, policy.ttlMs ?? 0),
    },
    { ...NO_LIMITS, ...policy },
  );
  events.listen((event) => evictor.hear(event));
  const deleteManifest = new DeleteManifest({ ...parts, ...upkeep });
  return { ...parts, ...upkeep, evictor, deleteManifest };
}

/** Takes stock, and removes this image of alpine, if nobody comes for it meanwhile. */
export async function remove(
  parts: UpkeepParts,
  digest: Digest,
): Promise<RemovedImage | undefined> {
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
