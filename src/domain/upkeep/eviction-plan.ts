import type { Digest } from '../digest.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Inventory, InventoryImage } from './inventory.ts';

export interface EvictionLimits {
  /** What may be stored and reserved together. */
  readonly maxBytes: number;
  /** Down to where it is evicted once there is more, so that not every pull has to evict. */
  readonly lowWaterBytes: number;
  /** What running downloads are yet going to store. */
  readonly reservedBytes: number;
  /** How long after its last pull an image goes in any case; 0 is never. */
  readonly ttlMs: number;
  readonly nowMs: number;
}

/** What may not be removed. */
export interface EvictionGuards {
  /** Whether the configuration has the image kept for ever. */
  isKept(repository: RepositoryName, tags: readonly Tag[]): boolean;
  /** Whether it is being read or transferred. Asked once for each blob. */
  isBusy(digest: Digest): boolean;
}

/** Why an image goes (the first two), or does not. */
export type Verdict = 'expired' | 'over budget' | 'kept' | 'busy' | 'stays';

export interface PlannedImage {
  readonly image: InventoryImage;
  readonly verdict: Verdict;
}

export interface EvictionPlan {
  /** All of them, least recently pulled first. */
  readonly images: readonly PlannedImage[];
  /** Stored blobs that go, in this order. */
  readonly delete: readonly Digest[];
  readonly freedBytes: number;
  readonly remainingBytes: number;
  /** Whether that is enough: below the budget, or below the low water if it was exceeded. */
  readonly reached: boolean;
}

/**
 * What is to be removed, and why:
 *
 *   1. Images whose time is over, whatever the budget.
 *   2. If there still is more than the budget: blobs that no image needs, then images, the least
 *      recently pulled first, until the low water is reached.
 *
 * Images go as a whole, but for what an image that stays needs. What has to be kept, or is busy in
 * any part, stays, and with it all it needs. The same inventory gives the same plan, in whatever
 * order it was filled.
 */
export function planEviction(
  inventory: Inventory,
  limits: EvictionLimits,
  guards: EvictionGuards,
): EvictionPlan {
  const busy = busyBlobs(inventory, guards);
  const removal = new Removal(inventory);
  const planned = byLastPull(inventory.images).map((index) => ({
    index,
    image: inventory.images[index] as InventoryImage,
    verdict: verdictOf(inventory, index, limits, guards, busy),
  }));
  for (const { index, verdict } of planned) if (verdict === 'expired') removal.image(index);
  const goal = makeRoom(removal, planned, limits, busy);
  return {
    images: planned.map(({ image, verdict }) => ({ image, verdict })),
    ...removal.result(),
    reached: removal.remainingBytes <= goal,
  };
}

interface Candidate {
  readonly index: number;
  verdict: Verdict;
}

/** Below the budget it does nothing. @returns how many bytes may remain, reached or not */
function makeRoom(
  removal: Removal,
  candidates: readonly Candidate[],
  { maxBytes, lowWaterBytes, reservedBytes }: EvictionLimits,
  busy: ReadonlySet<Digest>,
): number {
  const most = maxBytes - reservedBytes;
  if (removal.remainingBytes <= most) return most;
  const goal = Math.min(most, lowWaterBytes - reservedBytes);
  removal.orphans(busy);
  for (const candidate of candidates) {
    if (removal.remainingBytes <= goal) break;
    if (candidate.verdict !== 'stays') continue;
    removal.image(candidate.index);
    candidate.verdict = 'over budget';
  }
  return goal;
}

/** What is removed so far. */
class Removal {
  readonly #inventory: Inventory;
  /** How many of the images that stay need each blob. */
  readonly #needs: Int32Array;
  readonly #deleted: Digest[] = [];
  #freed = 0;

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    this.#needs = inventory.needs();
  }

  get remainingBytes(): number {
    return this.#inventory.totals.bytes - this.#freed;
  }

  image(index: number): void {
    for (const id of this.#inventory.membersOf(index)) {
      const needs = (this.#needs[id] ?? 0) - 1;
      this.#needs[id] = needs;
      if (needs === 0) this.#delete(this.#inventory.digestOf(id), this.#inventory.sizeOf(id));
    }
  }

  /** A blob that was just stored, and is going to be linked, is an orphan that is busy. */
  orphans(busy: ReadonlySet<Digest>): void {
    const idle = [...this.#inventory.orphans()].filter(({ digest }) => !busy.has(digest));
    for (const { digest, size } of idle.sort((a, b) => compare(a.digest, b.digest))) {
      this.#delete(digest, size);
    }
  }

  result(): Pick<EvictionPlan, 'delete' | 'freedBytes' | 'remainingBytes'> {
    const { remainingBytes } = this;
    return { delete: this.#deleted, freedBytes: this.#freed, remainingBytes };
  }

  #delete(digest: Digest, size: number | undefined): void {
    if (size === undefined) return; // it is not stored
    this.#deleted.push(digest);
    this.#freed += size;
  }
}

/** What is to be said of an image before anything is said of the budget. */
function verdictOf(
  inventory: Inventory,
  index: number,
  { ttlMs, nowMs }: EvictionLimits,
  guards: EvictionGuards,
  busy: ReadonlySet<Digest>,
): Verdict {
  const { repository, tags, lastPullMs } = inventory.images[index] as InventoryImage;
  if (guards.isKept(repository, tags)) return 'kept';
  if (busy.size > 0) {
    const isBusy = inventory.membersOf(index).some((id) => busy.has(inventory.digestOf(id)));
    if (isBusy) return 'busy';
  }
  return ttlMs > 0 && nowMs - lastPullMs >= ttlMs ? 'expired' : 'stays';
}

/** Asked at once, since the answers may change while it is planned. */
function busyBlobs(inventory: Inventory, guards: EvictionGuards): ReadonlySet<Digest> {
  const busy = new Set<Digest>();
  for (let id = 0; id < inventory.ids; id++) {
    const digest = inventory.digestOf(id);
    if (guards.isBusy(digest)) busy.add(digest);
  }
  return busy;
}

/** Indexes of images, the least recently pulled first. */
function byLastPull(images: readonly InventoryImage[]): number[] {
  const order = Array.from(images, (_, index) => index);
  return order.sort((a, b) => {
    const [one, other] = [images[a] as InventoryImage, images[b] as InventoryImage];
    return (
      one.lastPullMs - other.lastPullMs ||
      compare(one.repository, other.repository) ||
      compare(one.digest, other.digest)
    );
  });
}

/** By code units: the same order everywhere, whatever the locale. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
