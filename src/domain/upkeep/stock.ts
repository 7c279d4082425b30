import type { Digest } from '../digest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events, MirrorEvent } from '../ports/events.ts';
import { Turns } from '../pull/turns.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { HeldBlob } from './blob-ledger.ts';
import { type ForgetGonePorts, forgetGone } from './forget-gone.ts';
import type { Inventory } from './inventory.ts';
import { refreshLastPulls } from './last-pulls.ts';
import type { GiveUpSignal, TakeInventory } from './take-inventory.ts';

export interface StockPorts extends ForgetGonePorts {
  readonly takeInventory: TakeInventory;
  readonly clock: Clock;
  readonly events: Events;
}

/** An inventory, and whether the whole storage was looked through for it just now. */
export interface Taken {
  readonly inventory: Inventory;
  readonly isFresh: boolean;
}

/** At most such a part of the time is spent on looking through the storage. */
const SHARE_OF_TIME = 1 / 20;

/**
 * What is in storage: an inventory that is kept up to date with what this process stores, and taken
 * anew when that is worth it, since other processes may store and remove, too. For a small storage
 * that is each time, for one that takes a minute to look through, every twenty.
 */
export class Stock {
  readonly #ports: StockPorts;
  #inventory: Inventory | undefined;
  #takenAtMs = Number.NEGATIVE_INFINITY;
  #tookMs = 0;
  #isTaking = false;
  /** What was stored since an inventory was begun, or since the start if there is none. */
  readonly #arrived = new Map<Digest, HeldBlob>();
  #arrivedBytes = 0;
  readonly #turns = new Turns();
  /** Repositories with manifests that the inventory does not know. */
  readonly #touched = new Set<RepositoryName>();

  constructor(ports: StockPorts) {
    this.#ports = ports;
  }

  /** As it was last taken, and with what this process has stored since; undefined at first. */
  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  /** How much was stored since the start, or since an inventory was begun that is not there yet. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** Whether the blob is known to be in storage. */
  holds(digest: Digest): boolean {
    return this.#inventory?.holds(digest) ?? this.#arrived.has(digest);
  }

  hear(event: MirrorEvent): void {
    if (event.type !== 'blob-stored' && event.type !== 'manifest-stored') return;
    const { type, repository, digest, size } = event;
    const blob = { digest, size, sinceMs: this.#ports.clock.now() };
    this.#inventory?.addBlob(blob);
    if (type === 'manifest-stored') this.#touched.add(repository);
    const isCollected = this.#inventory === undefined || this.#isTaking;
    if (!isCollected || this.#arrived.has(digest)) return;
    this.#arrived.set(digest, blob);
    this.#arrivedBytes += size;
  }

  /**
   * Runs the task while no other one of this process does that takes stock and removes: what one looks
   * at would come back into the inventory after another has removed it.
   */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.run('stock', task);
  }

  /** Something else than a new manifest has changed in the repository. */
  touch(repository: RepositoryName): void {
    this.#touched.add(repository);
  }

  /**
   * What is here now.
   *
   * @param isOutdated whether so much is known to have come that it has to be looked for
   * @throws StorageFailed
   * @throws GivenUp
   */
  async take(signal: GiveUpSignal, isOutdated = false): Promise<Taken> {
    const isFresh = this.#inventory === undefined || isOutdated || this.#isWorthTaking();
    const inventory =
      this.#inventory === undefined || isFresh ? await this.#takeAnew(signal) : this.#inventory;
    while (this.#touched.size > 0) await this.#lookAgain(inventory);
    refreshLastPulls(inventory, this.#ports.times);
    return { inventory, isFresh };
  }

  #isWorthTaking(): boolean {
    const ageMs = this.#ports.clock.now() - this.#takenAtMs;
    return ageMs * SHARE_OF_TIME >= this.#tookMs || ageMs < 0;
  }

  async #takeAnew(signal: GiveUpSignal): Promise<Inventory> {
    const { takeInventory, clock, events } = this.#ports;
    const begunAtMs = clock.now();
    this.#isTaking = true;
    if (this.#inventory !== undefined) this.#forgetArrived();
    try {
      const inventory = await takeInventory.run(signal);
      for (const blob of this.#arrived.values()) inventory.addBlob(blob);
      this.#forgetArrived();
      forgetGone(this.#ports, inventory, begunAtMs);
      this.#inventory = inventory;
      this.#takenAtMs = clock.now();
      this.#tookMs = Math.max(0, this.#takenAtMs - begunAtMs);
      const { count: blobs, bytes } = inventory.blobs;
      const images = inventory.imageCount;
      events.emit({ type: 'stock-taken', images, blobs, bytes, tookMs: this.#tookMs });
      return inventory;
    } finally {
      this.#isTaking = false;
    }
  }

  /** Those that manifests came for meanwhile are looked at once more. */
  async #lookAgain(inventory: Inventory): Promise<void> {
    for (const repository of this.#touched) {
      this.#touched.delete(repository);
      try {
        await this.#ports.takeInventory.lookAgain(inventory, repository);
      } catch (error) {
        this.#touched.add(repository);
        throw error;
      }
    }
  }

  #forgetArrived(): void {
    this.#arrived.clear();
    this.#arrivedBytes = 0;
  }
}
