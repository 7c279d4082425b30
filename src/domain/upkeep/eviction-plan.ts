import type { Digest } from '../digest.ts';
import type { BlobLedger } from './blob-ledger.ts';
import type { HeldImage, Inventory } from './inventory.ts';
import type { Limits } from './limits.ts';
import { type Leaves, Removal, type Stays, type Verdict } from './verdict.ts';

/**
 * What is to be deleted, and what is not, and why: first the orphans, then image after image. It may
 * be cut short after any of them. Whoever leaves one out, and goes on, must not delete what a later
 * removal names: `Inventory.removeImage` tells which blobs really are free.
 */
export interface EvictionPlan {
  /** Blobs that no image needs, the oldest first. */
  readonly orphans: Removal;
  /** On every image, the least recently pulled first. */
  readonly verdicts: readonly Verdict[];
  readonly bytesBefore: number;
  readonly bytesFreed: number;
  readonly bytesAfter: number;
  /** Whether what is left is within the limits; if not, all that is left has a reason to stay. */
  readonly isTargetReached: boolean;
}

/** All that is to be deleted, in the plan's order; no digest twice. */
export function* digestsToDelete({ orphans, verdicts }: EvictionPlan): Iterable<Digest> {
  yield* orphans.digests();
  for (const { removal } of verdicts) if (removal !== undefined) yield* removal.digests();
}

/** Who is spared whatever the limits are. */
export interface Exemptions {
  /** Images that an operator wants to keep. */
  readonly isKept: (image: HeldImage) => boolean;
  /** Blobs that are being read or transferred. */
  readonly isBusy: (digest: Digest) => boolean;
  /** The images that an operator asks to remove, where not all. */
  readonly isNamed?: (image: HeldImage) => boolean;
}

/**
 * Decides what is to be removed from storage:
 *
 *   1. Orphans whose time of grace is over.
 *   2. Images that were not pulled for too long.
 *   3. If what is left, and what downloads will still take, is over the budget: whole images, the
 *      least recently pulled first, until it is down to the low-water mark.
 *
 * An image that is kept is never chosen, nor one whose removal would delete a busy blob. A blob that
 * other images need too goes with the last of them.
 */
export function planEviction(
  inventory: Inventory,
  limits: Limits,
  exemptions: Exemptions,
): EvictionPlan {
  return new Planner(inventory, limits, exemptions).plan();
}

class Planner {
  readonly #inventory: Inventory;
  readonly #blobs: BlobLedger;
  readonly #limits: Limits;
  readonly #exemptions: Exemptions;
  /** How many of the images that have not gone yet need a blob. */
  readonly #needs: Uint32Array;
  #bytes: number;
  #isOverBudget: boolean | undefined;

  constructor(inventory: Inventory, limits: Limits, exemptions: Exemptions) {
    this.#inventory = inventory;
    this.#blobs = inventory.blobs;
    this.#limits = limits;
    this.#exemptions = exemptions;
    this.#needs = inventory.blobs.copyOfNeeds();
    this.#bytes = inventory.blobs.bytes;
  }

  plan(): EvictionPlan {
    const bytesBefore = this.#bytes;
    const orphans = this.#remove(this.#orphans());
    const images = [...this.#inventory.images()].sort((left, right) => this.#order(left, right));
    const verdicts = images.map((image) => this.#verdict(image));
    const bytesAfter = this.#bytes;
    const bytesFreed = bytesBefore - bytesAfter;
    const isTargetReached = this.#load() <= this.#target();
    return { orphans, verdicts, bytesBefore, bytesFreed, bytesAfter, isTargetReached };
  }

  #orphans(): number[] {
    const orphans: number[] = [];
    for (let blob = 0; blob < this.#needs.length; blob++) {
      if (this.#needs[blob] === 0 && this.#isForsaken(blob)) orphans.push(blob);
    }
    const { digests } = this.#blobs;
    return orphans.sort((left, right) => {
      return this.#blobs.sinceMs(left) - this.#blobs.sinceMs(right) || digests.compare(left, right);
    });
  }

  #isForsaken(blob: number): boolean {
    const { nowMs, orphanGraceMs } = this.#limits;
    if (!this.#blobs.isHere(blob)) return false;
    return nowMs - this.#blobs.sinceMs(blob) >= orphanGraceMs && !this.#isBusy(blob);
  }

  /** The least recently pulled first; of those that were pulled at one time, by name. */
  #order(left: HeldImage, right: HeldImage): number {
    if (left.lastPullMs !== right.lastPullMs) return left.lastPullMs - right.lastPullMs;
    if (left.repository !== right.repository) return left.repository < right.repository ? -1 : 1;
    return this.#blobs.digests.compare(left.members[0], right.members[0]);
  }

  #verdict(image: HeldImage): Verdict {
    const why = this.#exempted(image) ?? this.#reason(image);
    if (why === undefined) return { image, why: 'recent enough', removal: undefined };
    if (why !== 'expired' && why !== 'over budget') return { image, why, removal: undefined };
    const freed = image.members.filter((blob) => this.#needs[blob] === 1);
    if (freed.some((blob) => this.#isBusy(blob))) return { image, why: 'busy', removal: undefined };
    for (const blob of image.members) this.#needs[blob] = (this.#needs[blob] as number) - 1;
    return { image, why, removal: this.#remove(freed.filter((blob) => this.#blobs.isHere(blob))) };
  }

  #exempted(image: HeldImage): Stays | undefined {
    if (this.#exemptions.isKept(image)) return 'kept by pattern';
    return this.#exemptions.isNamed?.(image) === false ? 'not named' : undefined;
  }

  #reason({ lastPullMs }: HeldImage): Leaves | undefined {
    const { ttlMs, nowMs } = this.#limits;
    if (ttlMs > 0 && nowMs - lastPullMs >= ttlMs) return 'expired';
    return this.#load() > this.#target() ? 'over budget' : undefined;
  }

  /** To be asked only when all that goes in any case has gone: in the order of last pulls it has. */
  #target(): number {
    const { maxBytes, lowWaterBytes } = this.#limits;
    this.#isOverBudget ??= this.#load() > maxBytes;
    return this.#isOverBudget ? Math.min(lowWaterBytes, maxBytes) : maxBytes;
  }

  /** What is here, and what will be. */
  #load(): number {
    return this.#bytes + this.#limits.reservedBytes;
  }

  #isBusy(blob: number): boolean {
    return this.#exemptions.isBusy(this.#blobs.digests.digest(blob));
  }

  #remove(blobs: readonly number[]): Removal {
    const removal = new Removal(blobs, this.#blobs);
    this.#bytes -= removal.bytes;
    return removal;
  }
}
