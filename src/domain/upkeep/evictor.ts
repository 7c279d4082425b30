import type { Digest } from '../digest.ts';
import { StorageFull } from '../errors.ts';
import type { ImagePattern } from '../image-pattern.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events, MirrorEvent } from '../ports/events.ts';
import type { Capacity, StorageEngine } from '../ports/storage-engine.ts';
import type { Admission } from '../pull/admission.ts';
import type { Background } from '../pull/background.ts';
import { Signal } from '../pull/signal.ts';
import type { Transfers } from '../pull/transfers.ts';
import { type Budget, limitsOf, type UnderWay } from './budget.ts';
import { bytesOf } from './byte-size.ts';
import { EvictionRound, type EvictionRoundPorts } from './eviction-round.ts';
import { isKeptBy } from './image-choice.ts';
import type { Inventory } from './inventory.ts';
import type { Limits } from './limits.ts';
import { nearestToWhole } from './nearest-to-whole.ts';
import type { PullLog } from './pull-log.ts';
import type { SharedArrivals } from './shared-arrivals.ts';
import type { Stock } from './stock.ts';
import { GivenUp, type GiveUpSignal } from './take-inventory.ts';
import { underWay } from './under-way.ts';

export interface EvictorPorts extends EvictionRoundPorts {
  readonly storage: StorageEngine;
  readonly stock: Stock;
  readonly arrivals: SharedArrivals;
  readonly transfers: Transfers;
  readonly admission: Admission;
  readonly pullLog: PullLog;
  readonly background: Background;
  readonly clock: Clock;
  readonly events: Events;
  /** Runs the task while no other process does one of this name. */
  readonly exclusively: (
    name: string,
    task: () => Promise<void>,
    signal: GiveUpSignal,
  ) => Promise<void>;
  /** Called once, before the first round. */
  readonly prepare: () => Promise<void>;
}

export interface EvictorPolicy extends Budget {
  readonly keep: readonly ImagePattern[];
}

const BRINGS_BYTES = new Set(['transfer-started', 'blob-stored', 'manifest-stored']);

/** A start is busy enough without a look at the whole storage. */
const FIRST_ROUND_AFTER_MS = 60_000;
const ROUND_EVERY_MS = 5 * 60_000;
/** After a round that could remove nothing, though it had to, the next one is no use at once. */
const NEXT_TRY_AFTER_MS = 10_000;
/** The same, when there is something that soon need not be spared any more. */
const NEXT_LOOK_AFTER_MS = 1_000;
/** How long blobs wait while none of them gets room; then they go in all the same. */
const PATIENCE_MS = 10_000;
/** What may come, as a share of the budget, before anybody has looked how much is there. */
const UNSEEN_SHARE = 0.01;

/**
 * Keeps the storage within its budget, and free of what nobody pulls any more. A round looks at what
 * is there, plans, and removes. There is one some time after the start and then every few minutes,
 * and at once when what is stored, and what running downloads will bring, is more than the budget:
 * when a download begins, so that there is room for it at its end. If there is none yet, its blob
 * waits with going into the storage; so that only what is on its way can be beyond the budget.
 */
export class Evictor {
  readonly #ports: EvictorPorts;
  readonly #policy: EvictorPolicy;
  /** Also what a round asks whether it is to go on. */
  readonly #state = { isGivenUp: false };
  #running: Promise<void> | undefined;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #isPrepared = false;
  /** Of the last round; before that, what the budget is on an empty medium. */
  #maxBytes = Number.POSITIVE_INFINITY;
  /** Nothing is done at once before this. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** The storage has said that it takes no more. */
  #isFull = false;
  #isOverTold = false;
  /** The last round could remove nothing, though it had to. */
  #isStuck = false;
  /** So it was, but it has spared what no image needs: the next one may not. */
  #isSparing = false;
  /** Until when blobs wait for the first look at a storage that may be large. */
  #seenByMs = Number.POSITIVE_INFINITY;
  /** Blobs that wait for their room. */
  readonly #waiting = new Set<Digest>();
  /** When one of them last went in because it was its turn. */
  #roomierAtMs = Number.NEGATIVE_INFINITY;
  /** The one of them whose turn it is, though there is no room. */
  #favoured: Digest | undefined;
  /** Blobs that may go into the storage, and are not known to be there. */
  readonly #admitted = new Map<Digest, number>();
  /** Fired when there may be more room, or none to be waited for any more. */
  readonly #roomier = new Signal();

  constructor(ports: EvictorPorts, policy: EvictorPolicy) {
    this.#ports = ports;
    this.#policy = policy;
  }

  /** Begins to look after the storage, which takes nothing from the start. */
  start(): void {
    this.#at(this.#ports.clock.now() + FIRST_ROUND_AFTER_MS);
    this.#ports.admission.decideBy((digest, bytes) => this.#admit(digest, bytes));
    this.#ports.background.run(
      () => this.#learnBudget(),
      (cause) => this.#failed('to find out how much room there is', cause),
    );
  }

  /** Gives up the round that is running, after what it removes just then. */
  async stop(): Promise<void> {
    this.#state.isGivenUp = true;
    this.#timer?.cancel();
    this.#roomier.fire();
    await this.#running;
  }

  /** To be told of everything that happens. */
  hear(event: MirrorEvent): void {
    this.#ports.stock.hear(event);
    if (event.type === 'blob-stored') this.#settle(event.digest);
    if (event.type === 'evicted') this.#roomier.fire();
    if (event.type === 'not-stored') this.#notStored(event.cause);
    else if (BRINGS_BYTES.has(event.type) && this.#isOver()) this.#soon();
  }

  /** What a round is just about to remove was in the way then. */
  #notStored(cause: unknown): void {
    if (!(cause instanceof StorageFull) || this.#running !== undefined) return;
    this.#isFull = true;
    this.#soon();
  }

  async #learnBudget(): Promise<void> {
    const capacity = await this.#capacity();
    if (this.#ports.stock.inventory !== undefined) return;
    const wholeBytes = capacity?.totalBytes ?? Number.POSITIVE_INFINITY;
    this.#maxBytes = bytesOf(this.#policy.maxSize, wholeBytes);
  }

  /** Before anybody has looked, it may be near to its budget: then a little is much. */
  #isOver(): boolean {
    const { inventory, arrivedBytes } = this.#ports.stock;
    const { bytes } = this.#underWay();
    const { uncounted } = this.#ports.arrivals;
    if (inventory !== undefined) return inventory.blobs.bytes + uncounted + bytes > this.#maxBytes;
    return arrivedBytes + bytes > this.#maxBytes * UNSEEN_SHARE;
  }

  async #admit(digest: Digest, bytes: number): Promise<void> {
    // For others nothing was reserved, either.
    if (this.#ports.stock.holds(digest) || !this.#isBusy(digest)) return;
    await this.#hearOfOthers();
    await this.#takeRoom(digest, bytes);
    await this.#orTell('to tell others what is stored', this.#ports.arrivals.bring(bytes));
  }

  /** Patience is measured from when the last one went in that has waited for its room. */
  async #takeRoom(digest: Digest, bytes: number): Promise<void> {
    const { clock } = this.#ports;
    const sinceMs = clock.now();
    while (this.#favoured !== digest && this.#isTight(bytes)) {
      const leftMs = Math.max(sinceMs, this.#roomierAtMs) + PATIENCE_MS - clock.now();
      if (leftMs <= 0) break;
      this.#waiting.add(digest);
      this.#soon();
      const cancel = clock.after(Math.min(leftMs, PATIENCE_MS), () => this.#roomier.fire());
      await this.#roomier.next();
      cancel();
      await this.#hearOfOthers();
    }
    const isInTurn = this.#favoured === digest || !this.#isTight(bytes);
    if (this.#waiting.delete(digest) && isInTurn) this.#roomierAtMs = clock.now();
    // At once: others look at what is taken as soon as this one lets them.
    this.#admitted.set(digest, bytes);
  }

  #settle(digest: Digest): void {
    const bytes = this.#admitted.get(digest);
    if (bytes === undefined) return;
    this.#admitted.delete(digest);
    if (this.#favoured === digest) this.#giveNextTurn();
    this.#ports.background.run(
      () => this.#ports.arrivals.settle(bytes),
      (cause) => this.#failed('to tell others what is stored', cause),
    );
  }

  /** The favoured blob is in: its image may be one that can be removed now. */
  #giveNextTurn(): void {
    this.#favoured = undefined;
    if (this.#waiting.size === 0) return;
    this.#notBeforeMs = this.#ports.clock.now();
    this.#soon();
  }

  /** Where nothing is limited, it does not matter what they store. */
  async #hearOfOthers(): Promise<void> {
    if (!Number.isFinite(this.#maxBytes)) return;
    await this.#orTell('to find out what others have stored', this.#ports.arrivals.look());
  }

  async #orTell(what: string, work: Promise<unknown>): Promise<void> {
    await work.catch((cause: unknown) => this.#failed(what, cause));
  }

  /** Whether so many bytes more have no room yet, and will have. */
  #isTight(bytes: number): boolean {
    if (this.#isStuck || this.#state.isGivenUp) return false;
    const { inventory, arrivedBytes } = this.#ports.stock;
    const more = this.#admittedBytes() + this.#ports.arrivals.uncounted + bytes;
    if (inventory !== undefined) return inventory.blobs.bytes + more > this.#maxBytes;
    const isPatient = this.#ports.clock.now() < this.#seenByMs;
    return isPatient && arrivedBytes + more > this.#maxBytes * UNSEEN_SHARE;
  }

  /** What may go into the storage, and is not known to be there. */
  #admittedBytes(): number {
    let sum = 0;
    for (const [digest, bytes] of this.#admitted) {
      const isOver = this.#ports.stock.holds(digest) || !this.#isBusy(digest);
      if (isOver) this.#settle(digest);
      else sum += bytes;
    }
    return sum;
  }

  #soon(): void {
    this.#at(Math.max(this.#ports.clock.now(), this.#notBeforeMs));
  }

  /** A round is due then, or earlier if one is due anyway. */
  #at(atMs: number): void {
    if (this.#state.isGivenUp || this.#running !== undefined) return;
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    const delayMs = Math.max(0, atMs - this.#ports.clock.now());
    this.#timer = { atMs, cancel: this.#ports.clock.after(delayMs, () => this.#run()) };
  }

  #run(): void {
    this.#timer = undefined;
    const { background, clock, exclusively, stock } = this.#ports;
    this.#notBeforeMs = clock.now() + NEXT_TRY_AFTER_MS;
    const running = exclusively('eviction', () => stock.alone(() => this.#round()), this.#state)
      .catch((cause: unknown) => this.#roundFailed(cause))
      .finally(() => this.#next());
    this.#running = running;
    background.run(
      () => running,
      () => {},
    );
  }

  #next(): void {
    this.#running = undefined;
    this.#roomier.fire();
    const { clock } = this.#ports;
    // It may have been over again before it was over.
    if (this.#isOver()) this.#soon();
    this.#at(clock.now() + ROUND_EVERY_MS);
  }

  async #round(): Promise<void> {
    const { stock, clock, pullLog, arrivals } = this.#ports;
    const isFull = this.#isFull;
    this.#isFull = false;
    this.#seenByMs = Math.min(this.#seenByMs, clock.now() + PATIENCE_MS);
    await this.#prepare();
    // Before it is looked at, or what comes meanwhile would be counted by nobody.
    const arrived = await arrivals.look();
    await arrivals.bring(0);
    // What others have stored can be planned with, and removed, only when it was looked at.
    const isOutdated = this.#isSparing || arrivals.uncounted > this.#maxBytes * UNSEEN_SHARE;
    const { inventory, isFresh } = await stock.take(this.#state, isOutdated);
    if (isFresh) arrivals.count(arrived);
    const limits = await this.#limits(inventory, isFull);
    this.#maxBytes = limits.maxBytes;
    const round = new EvictionRound(this.#ports, this.#state);
    const spared = { asBusy: false };
    const isOfUse = await round.run(
      inventory,
      // What another process has linked since the storage was looked through is not known.
      isFresh ? limits : { ...limits, orphanGraceMs: Number.POSITIVE_INFINITY },
      {
        isKept: (image) => isKeptBy(this.#policy.keep, image),
        isBusy: (digest) => {
          const isBusy = this.#isBusy(digest);
          if (isBusy) spared.asBusy = true;
          return isBusy;
        },
      },
    );
    pullLog.soon();
    // Of images that went while their blobs were waiting; they are spared for a moment.
    this.#isSparing = !isOfUse && inventory.blobs.hasUnneeded;
    const isInItsOwnWay = !isOfUse && spared.asBusy;
    if (isInItsOwnWay) this.#favoured ??= nearestToWhole(inventory, this.#waiting);
    this.#isStuck = !isOfUse && !this.#isSparing && !isInItsOwnWay;
    if (isOfUse && !isFull) this.#notBeforeMs = clock.now();
    else if (!this.#isStuck) this.#notBeforeMs = clock.now() + NEXT_LOOK_AFTER_MS;
    this.#tellIfOver(isOfUse, inventory);
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    await this.#ports
      .prepare()
      .catch((cause: unknown) => this.#failed('what was here before', cause));
  }

  async #limits(inventory: Inventory, isFull: boolean): Promise<Limits> {
    const capacity = await this.#capacity();
    const { bytes, stagedBytes } = this.#underWay();
    return limitsOf(this.#policy, {
      storedBytes: inventory.blobs.bytes,
      underWay: { bytes: bytes + this.#ports.arrivals.uncounted, stagedBytes },
      // A quota may be used up where the medium has room.
      capacity: isFull && capacity !== undefined ? { ...capacity, freeBytes: 0 } : capacity,
      nowMs: this.#ports.clock.now(),
    });
  }

  #tellIfOver(isOfUse: boolean, { blobs: { bytes } }: Inventory): void {
    const isOver = !isOfUse && bytes > this.#maxBytes && !this.#state.isGivenUp;
    const { events } = this.#ports;
    if (isOver && !this.#isOverTold) {
      events.emit({ type: 'over-budget', bytes, maxBytes: this.#maxBytes });
    }
    this.#isOverTold = isOver;
  }

  #roundFailed(cause: unknown): void {
    if (cause instanceof GivenUp) return;
    this.#isStuck = true;
    this.#failed('the cache', cause);
  }

  #failed(what: string, cause: unknown): void {
    this.#ports.events.emit({ type: 'upkeep-failed', what, cause });
  }

  #isBusy(digest: Digest): boolean {
    return this.#ports.transfers.get(digest) !== undefined;
  }

  #underWay(): UnderWay {
    return underWay(this.#ports.transfers.running(), this.#ports.stock.inventory);
  }

  async #capacity(): Promise<Capacity | undefined> {
    return this.#ports.storage.capacity?.();
  }
}
