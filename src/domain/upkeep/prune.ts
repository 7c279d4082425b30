import type { ImagePattern } from '../image-pattern.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import { limitsOf, ORPHAN_GRACE_MS } from './budget.ts';
import { type ByteSize, bytesOf } from './byte-size.ts';
import { type EvictionPlan, planEviction } from './eviction-plan.ts';
import { EvictionRound, type EvictionRoundPorts, type Outcome } from './eviction-round.ts';
import type { EvictorPolicy, EvictorPorts } from './evictor.ts';
import { isKeptBy, isNamedBy } from './image-choice.ts';
import type { HeldImage, Inventory } from './inventory.ts';
import { type Limits, pruneLimits } from './limits.ts';
import type { PullLog } from './pull-log.ts';
import type { GiveUpSignal, TakeInventory } from './take-inventory.ts';
import type { Why } from './verdict.ts';

export interface PrunePorts extends EvictionRoundPorts {
  readonly storage: StorageEngine;
  readonly takeInventory: TakeInventory;
  readonly pullLog: PullLog;
  readonly exclusively: EvictorPorts['exclusively'];
  readonly prepare: EvictorPorts['prepare'];
}

/** What an operator asks for; with nothing of it, what the mirror would do by itself. */
export interface PruneOrder {
  /** The images that may go; all if there is none. */
  readonly named: readonly ImagePattern[];
  /** Images go whose last pull is this long ago. */
  readonly olderThanMs?: number | undefined;
  /** Images go until no more than this is left; a share is one of the medium. */
  readonly to?: ByteSize | undefined;
}

/** What becomes of an image: it goes, or would go, if `why` is a reason to, and `outcome` agrees. */
export interface Fate {
  readonly image: HeldImage;
  /** What it takes with all that it needs. */
  readonly bytes: number;
  readonly why: Why;
  /** What its removal is to free; undefined if it stays. */
  readonly frees: number | undefined;
  /** What became of it; undefined if nothing was tried. */
  readonly outcome: Outcome | undefined;
}

export interface PruneReport {
  /** The least recently pulled first. */
  readonly fates: readonly Fate[];
  /** How many blobs that no image needs were to go. */
  readonly orphans: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What may stay; infinite if that is any number. */
  readonly maxBytes: number;
  readonly nowMs: number;
}

/** Another process is removing images, and has not ended. */
export class PruneBusy extends Error {
  override readonly name = 'PruneBusy';
}

interface Planned {
  readonly inventory: Inventory;
  readonly limits: Limits;
  readonly plan: EvictionPlan;
}

/** Removes images because somebody asks for it, by the rules by which the mirror does it itself. */
export class Prune {
  readonly #ports: PrunePorts;
  readonly #policy: EvictorPolicy;

  constructor(ports: PrunePorts, policy: EvictorPolicy) {
    this.#ports = ports;
    this.#policy = policy;
  }

  /**
   * What {@link carryOut} would do; changes nothing.
   *
   * @throws StorageFailed
   * @throws GivenUp
   */
  async foretell(order: PruneOrder, signal: GiveUpSignal): Promise<PruneReport> {
    const planned = await this.#plan(order, signal);
    return reportOf(planned, fatesOf(planned), planned.plan.bytesAfter);
  }

  /**
   * @throws StorageFailed
   * @throws GivenUp if nothing had been removed by then
   * @throws PruneBusy
   */
  async carryOut(order: PruneOrder, signal: GiveUpSignal): Promise<PruneReport> {
    const run: { isBegun: boolean; report?: PruneReport } = { isBegun: false };
    const task = async (): Promise<void> => {
      run.isBegun = true;
      run.report = await this.#carryOut(order, signal);
    };
    await this.#ports.exclusively('eviction', task, signal).catch((cause: unknown) => {
      if (run.isBegun) throw cause;
      const message = 'another process is removing images just now; try again when it has ended';
      throw new PruneBusy(message, { cause });
    });
    if (run.report === undefined) throw new PruneBusy('nothing was removed; try again');
    return run.report;
  }

  async #carryOut(order: PruneOrder, signal: GiveUpSignal): Promise<PruneReport> {
    const planned = await this.#plan(order, signal);
    const { inventory, limits, plan } = planned;
    const fates = fatesOf(planned);
    const outcomes = new Map<HeldImage, Outcome>();
    const round = new EvictionRound(this.#ports, signal, (image, outcome) => {
      outcomes.set(image, outcome);
    });
    try {
      await round.carryOut(inventory, limits, plan);
    } finally {
      // Else the times of what is gone would be there for ever.
      await this.#ports.pullLog.stop();
    }
    const outcome = fates.map((fate) => ({ ...fate, outcome: outcomes.get(fate.image) }));
    return reportOf(planned, outcome, inventory.blobs.bytes);
  }

  async #plan(order: PruneOrder, signal: GiveUpSignal): Promise<Planned> {
    const { takeInventory, prepare } = this.#ports;
    await prepare();
    const inventory = await takeInventory.run(signal);
    const limits = await this.#limits(order, inventory);
    const plan = planEviction(inventory, limits, {
      isKept: (image) => isKeptBy(this.#policy.keep, image),
      isNamed: (image) => isNamedBy(order.named, image),
      // Which downloads run in another process, nobody tells; a blob that goes is fetched again.
      isBusy: () => false,
    });
    return { inventory, limits, plan };
  }

  async #limits(order: PruneOrder, inventory: Inventory): Promise<Limits> {
    const { named, olderThanMs, to } = order;
    const nowMs = this.#ports.clock.now();
    const capacity = await this.#ports.storage.capacity?.();
    const isNamedAlone = olderThanMs === undefined && to === undefined;
    if (isNamedAlone && named.length === 0) {
      const underWay = { bytes: 0, stagedBytes: 0 };
      const storedBytes = inventory.blobs.bytes;
      return limitsOf(this.#policy, { storedBytes, underWay, capacity, nowMs });
    }
    // Who names images has not asked for anything else to go.
    const orphanGraceMs = named.length > 0 ? Number.POSITIVE_INFINITY : ORPHAN_GRACE_MS.usual;
    if (isNamedAlone) return pruneLimits({ olderThanMs: 0, toBytes: 0, orphanGraceMs, nowMs });
    const toBytes = to && bytesOf(to, capacity?.totalBytes ?? Number.POSITIVE_INFINITY);
    return pruneLimits({ olderThanMs, toBytes, orphanGraceMs, nowMs });
  }
}

/** To be asked before anything is removed, since sizes are gone then. */
function fatesOf({ inventory, plan }: Planned): Fate[] {
  return plan.verdicts.map(({ image, why, removal }) => {
    const { bytes } = inventory.sizeOf(image);
    return { image, bytes, why, frees: removal?.bytes, outcome: undefined };
  });
}

function reportOf(
  { plan, limits: { maxBytes, nowMs } }: Planned,
  fates: readonly Fate[],
  bytesAfter: number,
): PruneReport {
  const { orphans, bytesBefore } = plan;
  return { fates, orphans: orphans.count, bytesBefore, bytesAfter, maxBytes, nowMs };
}
