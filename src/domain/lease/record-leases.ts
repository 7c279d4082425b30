import { StorageFailed } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { LeaseNote, Leases, Taken, Tenure } from '../ports/leases.ts';
import type { Owners } from '../ports/owners.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { leaseClaimKey, leaseKey, leaseOutcomeKey } from '../registry-layout.ts';
import { HeldLease } from './held-lease.ts';
import { type LeaseRecord, leaseRecord, readLeaseRecord, readOutcome } from './lease-record.ts';
import { SOLE_LEASE, SOLE_LEASES } from './sole-leases.ts';

/** How long a lease lasts whose holder gives no sign of life, in milliseconds. */
export const LEASE_MS = 10_000;

/** How often a holder gives one, in milliseconds. */
const BEAT_EVERY_MS = 2_000;

/** How often one may be given up just before it is looked at, until something must be wrong. */
const ATTEMPTS = 10;

/** How many leases of others are watched at most: the latest. */
const WATCHED = 10_000;

export interface RecordLeasesPorts {
  readonly records: RecordStore;
  readonly owners: Owners;
  readonly clock: Clock;
  readonly events: Events;
  readonly random: () => number;
}

/** How a lease of somebody else looked, and since when it has. */
interface Watch {
  readonly id: string;
  readonly beat: number;
  readonly sinceMs: number;
}

/**
 * Leases as records: whoever puts the record where there is none holds the lease. A holder counts
 * its `beat` up; others take the lease when that has stood still for as long as a lease lasts, by
 * their own clocks, so it does not matter that those of two hosts differ. A holder whose process has
 * certainly ended need not be waited for.
 *
 * To take over is to put a claim that names the very holding that has ended, which only one can do,
 * and then to replace the record.
 */
export class RecordLeases implements Leases {
  readonly #ports: RecordLeasesPorts;
  readonly #held = new Set<HeldLease>();
  readonly #watched = new Map<string, Watch>();
  #isBeating = false;
  #isTroubled = false;

  constructor(ports: RecordLeasesPorts) {
    this.#ports = ports;
  }

  async take(name: string, note: LeaseNote = {}): Promise<Taken> {
    if (!this.#ports.owners.canCoordinate) return SOLE_LEASES.take(name);
    try {
      const taken = await this.#take(name, note);
      this.#isTroubled = false;
      return taken;
    } catch (cause) {
      this.#troubled(name, cause);
      return { lease: SOLE_LEASE, after: undefined };
    }
  }

  async holderOf(name: string): Promise<Tenure | undefined> {
    return readLeaseRecord(await this.#get(name, leaseKey(name)));
  }

  async outcomeOf(name: string, { id }: Tenure): Promise<LeaseNote | undefined> {
    return readOutcome(await this.#get(name, leaseOutcomeKey(name)), id);
  }

  async #get(name: string, key: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#ports.records.get(key);
    } catch (cause) {
      this.#troubled(name, cause);
      return undefined;
    }
  }

  /** Told once, until it is over: a full disk has more to say at each pull. */
  #troubled(what: string, cause: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#ports.events.emit({ type: 'not-coordinated', what, cause });
  }

  async #take(name: string, note: LeaseNote): Promise<Taken> {
    const { records, owners } = this.#ports;
    const mine = { id: this.#newId(), holder: owners.self, note, beat: 0 };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await records.putIfAbsent(leaseKey(name), leaseRecord(mine))) {
        return { lease: this.#hold(name, mine), after: undefined };
      }
      const other = readLeaseRecord(await records.get(leaseKey(name)));
      if (other === undefined) continue; // it has just been given up
      if (!(await this.#hasEnded(name, other))) return { heldBy: other };
      if (!(await this.#takeOver(name, other, mine))) return { heldBy: other };
      owners.presumeGone(other.holder);
      return { lease: this.#hold(name, mine), after: other };
    }
    throw new StorageFailed('something is in the place of a lease that cannot be read');
  }

  async #hasEnded(name: string, { id, holder, beat }: LeaseRecord): Promise<boolean> {
    const isOurs = holder === this.#ports.owners.self;
    if (!isOurs && (await this.#ports.owners.isGone(holder))) return true;
    return this.#hasStoodStill(leaseKey(name), id, beat);
  }

  #hasStoodStill(key: string, id: string, beat: number): boolean {
    const now = this.#ports.clock.now();
    const watch = this.#watched.get(key);
    // A clock that was set back would have us wait for longer.
    const isSame = watch?.id === id && watch.beat === beat && watch.sinceMs <= now;
    if (isSame) return now - watch.sinceMs >= LEASE_MS;
    this.#watched.delete(key);
    this.#watched.set(key, { id, beat, sinceMs: now });
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > WATCHED && oldest !== undefined) this.#watched.delete(oldest);
    return false;
  }

  /** False if somebody else takes it over, or its holder lives after all. */
  async #takeOver(name: string, other: LeaseRecord, mine: LeaseRecord): Promise<boolean> {
    const { records } = this.#ports;
    const claim = leaseClaimKey(name, other.id);
    if (!(await records.putIfAbsent(claim, leaseRecord(mine)))) {
      await this.#dropOldClaim(claim);
      return false;
    }
    try {
      const current = readLeaseRecord(await records.get(leaseKey(name)));
      if (current?.id !== other.id || current.beat !== other.beat) return false;
      await records.put(leaseKey(name), leaseRecord(mine));
      return true;
    } finally {
      await records.delete(claim);
    }
  }

  /** Whoever put it may have died before it came to anything. */
  async #dropOldClaim(claim: string): Promise<void> {
    const { records } = this.#ports;
    const claimant = readLeaseRecord(await records.get(claim));
    if (claimant === undefined) return;
    const isOld = this.#hasStoodStill(claim, claimant.id, claimant.beat);
    if (isOld || (await this.#ports.owners.isGone(claimant.holder))) await records.delete(claim);
  }

  #hold(name: string, mine: LeaseRecord): HeldLease {
    this.#watched.delete(leaseKey(name));
    const { records, clock } = this.#ports;
    const ports = { records, clock, troubled: this.#troubled.bind(this) };
    const lease = new HeldLease(ports, name, mine, LEASE_MS, () => this.#held.delete(lease));
    this.#held.add(lease);
    if (!this.#isBeating) this.#beatLater();
    return lease;
  }

  async #beat(): Promise<void> {
    await Promise.all([...this.#held].map((lease) => lease.beat()));
    this.#isBeating = false;
    if (this.#held.size > 0) this.#beatLater();
  }

  #beatLater(): void {
    this.#isBeating = true;
    this.#ports.clock.after(BEAT_EVERY_MS, () => void this.#beat());
  }

  #newId(): string {
    const { random } = this.#ports;
    return `${random().toString(36).slice(2)}${random().toString(36).slice(2)}`;
  }
}
