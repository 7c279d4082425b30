import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { accessKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import { type EvictionPlan, type Exemptions, planEviction } from './eviction-plan.ts';
import type { HeldImage, Inventory } from './inventory.ts';
import { refreshIn } from './last-pulls.ts';
import type { Limits } from './limits.ts';
import type { RemoveImage } from './remove-image.ts';
import type { RemoveOrphans } from './remove-orphans.ts';
import type { GiveUpSignal } from './take-inventory.ts';
import type { Leaves } from './verdict.ts';

export interface EvictionRoundPorts {
  readonly removeImage: RemoveImage;
  readonly removeOrphans: RemoveOrphans;
  readonly records: RecordStore;
  readonly times: AccessTimes;
  readonly clock: Clock;
  readonly events: Events;
}

/** How many removals may fail until the rest is left to the next round. */
const FAILURES = 10;

/** What became of an image that was to go. */
export type Outcome = 'removed' | 'pulled meanwhile' | 'failed';

/**
 * Carries out one plan. What has been pulled since it was made stays; what cannot be removed is left
 * for the next round, and harms no other.
 */
export class EvictionRound {
  readonly #ports: EvictionRoundPorts;
  readonly #signal: GiveUpSignal;
  readonly #told: (image: HeldImage, outcome: Outcome) => void;
  readonly #learnt = new Set<RepositoryName>();
  #images = 0;
  #orphans = 0;
  #freedBytes = 0;
  #failures = 0;

  constructor(
    ports: EvictionRoundPorts,
    signal: GiveUpSignal,
    told: (image: HeldImage, outcome: Outcome) => void = () => {},
  ) {
    this.#ports = ports;
    this.#signal = signal;
    this.#told = told;
  }

  /** Whether it did what it was to do, or something of that: then another round may do more. */
  async run(inventory: Inventory, limits: Limits, exemptions: Exemptions): Promise<boolean> {
    return this.carryOut(inventory, limits, planEviction(inventory, limits, exemptions));
  }

  /** The same with a plan that was made of this inventory and these limits. */
  async carryOut(inventory: Inventory, limits: Limits, plan: EvictionPlan): Promise<boolean> {
    await this.#removeOrphans(inventory, plan);
    for (const { image, why, removal } of plan.verdicts) {
      if (this.#signal.isGivenUp || this.#failures >= FAILURES) break;
      if (removal === undefined) continue;
      this.#told(image, await this.#evict(inventory, image, why as Leaves));
    }
    this.#tell(inventory.blobs.bytes, limits.maxBytes);
    const isDone = plan.isTargetReached && this.#failures === 0;
    return isDone || this.#freedBytes > 0;
  }

  async #removeOrphans(inventory: Inventory, { orphans }: EvictionPlan): Promise<void> {
    const { removeOrphans } = this.#ports;
    try {
      const { blobs, bytes } = await removeOrphans.remove(inventory, orphans.digests());
      this.#orphans += blobs;
      this.#freedBytes += bytes;
    } catch (cause) {
      this.#failed('orphans', cause);
    }
  }

  async #evict(inventory: Inventory, image: HeldImage, why: Leaves): Promise<Outcome> {
    try {
      return await this.#remove(inventory, image, why);
    } catch (cause) {
      this.#failed(`image ${image.repository}@${image.digest}`, cause);
      return 'failed';
    }
  }

  async #remove(inventory: Inventory, image: HeldImage, why: Leaves): Promise<Outcome> {
    const { removeImage, events } = this.#ports;
    if (await this.#isPulledSince(inventory, image)) return 'pulled meanwhile';
    const removed = await removeImage.remove(inventory, image);
    if (removed === undefined) return 'pulled meanwhile';
    const { repository, digest, tags, bytes } = removed;
    this.#images++;
    this.#freedBytes += bytes;
    events.emit({ type: 'evicted', repository, digest, tags, bytes, why });
    return 'removed';
  }

  /** By a client of this process, or by one of another that has written it down. */
  async #isPulledSince(inventory: Inventory, image: HeldImage): Promise<boolean> {
    const { records, times, clock } = this.#ports;
    const { repository, lastPullMs } = image;
    if (!this.#learnt.has(repository)) {
      times.learn(repository, await records.get(accessKey(repository)), clock.now());
      this.#learnt.add(repository);
    }
    refreshIn(inventory, times, repository, [image]);
    return image.lastPullMs > lastPullMs;
  }

  #failed(what: string, cause: unknown): void {
    this.#failures++;
    this.#ports.events.emit({ type: 'upkeep-failed', what: `the removal of ${what}`, cause });
  }

  #tell(bytes: number, maxBytes: number): void {
    const [images, orphans, freedBytes] = [this.#images, this.#orphans, this.#freedBytes];
    if (images + orphans === 0) return;
    const type = 'cache-trimmed';
    const budget = Number.isFinite(maxBytes) ? { maxBytes } : {};
    this.#ports.events.emit({ type, images, orphans, freedBytes, bytes, ...budget });
  }
}
