import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, LeaseNote, Leases, Taken, Tenure } from '../ports/leases.ts';
import { LEASE_MS } from './record-leases.ts';
import { UnwrittenLease } from './unwritten-lease.ts';

export interface LeasesAmongOthersPorts {
  readonly leases: Leases;
  /** This process, as the storage names it. */
  readonly self: string;
  /** Whether no other process is known to use the storage just now. */
  readonly isAlone: () => Promise<boolean>;
  readonly clock: Clock;
}

/** How often one looks for others while there are leases that they could not see, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** How long a newcomer gives the one that was there to look, from its own start, in milliseconds. */
const INTRODUCED_MS = 400;

/**
 * Leases that are written down only while others are there: for most mirrors nobody ever is, and a
 * download of many small blobs would take a tenth of its time for that. When somebody comes, what is
 * held is written down; a newcomer waits a moment for it, before it takes its first.
 */
export class LeasesAmongOthers implements Leases {
  readonly #ports: LeasesAmongOthersPorts;
  readonly #unwritten = new Map<string, UnwrittenLease>();
  #cancel: (() => void) | undefined;
  #lookedAtMs = 0;
  #count = 0;
  readonly #startedAtMs: number;
  /** Whether those that are here know of this process. */
  #introduction: Promise<void> | undefined;

  constructor(ports: LeasesAmongOthersPorts) {
    this.#ports = ports;
    this.#startedAtMs = ports.clock.now();
  }

  async take(name: string, note: LeaseNote = {}): Promise<Taken> {
    const { leases } = this.#ports;
    const isAlone = await this.#ports.isAlone();
    this.#introduction ??= isAlone ? Promise.resolve() : this.#introduce();
    await this.#introduction;
    // What one has left that was killed is taken over in order.
    const isFree = isAlone && (await leases.holderOf(name)) === undefined;
    const mine = this.#unwritten.get(name);
    if (mine !== undefined) return { heldBy: mine.tenure };
    return isFree ? { lease: this.#give(name, note), after: undefined } : leases.take(name, note);
  }

  async holderOf(name: string): Promise<Tenure | undefined> {
    return this.#unwritten.get(name)?.tenure ?? this.#ports.leases.holderOf(name);
  }

  outcomeOf(name: string, tenure: Tenure): Promise<LeaseNote | undefined> {
    return this.#ports.leases.outcomeOf(name, tenure);
  }

  async #introduce(): Promise<void> {
    const { clock } = this.#ports;
    const leftMs = this.#startedAtMs + INTRODUCED_MS - clock.now();
    if (leftMs > 0) await pause(clock, Math.min(leftMs, INTRODUCED_MS));
  }

  #give(name: string, note: LeaseNote): Lease {
    const { self, clock } = this.#ports;
    this.#count++;
    const tenure = { id: `unwritten-${this.#count}`, holder: self, note };
    const isUnseen = (): boolean => clock.now() - this.#lookedAtMs > LEASE_MS;
    const lease = new UnwrittenLease(name, tenure, isUnseen, () => this.#forget(name, lease));
    this.#unwritten.set(name, lease);
    if (this.#cancel === undefined) {
      this.#lookedAtMs = clock.now();
      this.#lookLater();
    }
    return lease;
  }

  #forget(name: string, lease: UnwrittenLease): void {
    if (this.#unwritten.get(name) !== lease) return;
    this.#unwritten.delete(name);
    if (this.#unwritten.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lookLater(): void {
    const cancel = this.#ports.clock.after(LOOK_EVERY_MS, () => void this.#look(cancel));
    this.#cancel = cancel;
  }

  async #look(cancel: () => void): Promise<void> {
    const isAlone = await this.#ports.isAlone();
    if (this.#cancel !== cancel) return; // nothing is held any more, or another look goes on
    this.#lookedAtMs = this.#ports.clock.now();
    if (isAlone) {
      this.#lookLater();
      return;
    }
    this.#cancel = undefined;
    for (const [name, lease] of this.#unwritten) {
      await lease.write(this.#ports.leases);
      this.#forget(name, lease);
    }
  }
}
