import type { Clock } from '../ports/clock.ts';
import type { Lease, LeaseNote } from '../ports/leases.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { leaseKey, leaseOutcomeKey } from '../registry-layout.ts';
import { type LeaseRecord, leaseRecord, outcomeRecord, readLeaseRecord } from './lease-record.ts';

export interface HeldLeasePorts {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** The storage did not do what the lease needs. */
  readonly troubled: (what: string, cause: unknown) => void;
}

/** A lease that this process holds, as a record that it alone writes; one call after another. */
export class HeldLease implements Lease {
  readonly #ports: HeldLeasePorts;
  readonly #name: string;
  readonly #lastsMs: number;
  readonly #ended: () => void;
  #record: LeaseRecord;
  #state: 'held' | 'lost' | 'released' = 'held';
  #beatAtMs: number;
  #last: Promise<void> = Promise.resolve();

  /** @param ended it needs no beats any more */
  constructor(
    ports: HeldLeasePorts,
    name: string,
    record: LeaseRecord,
    lastsMs: number,
    ended: () => void,
  ) {
    this.#ports = ports;
    this.#name = name;
    this.#record = record;
    this.#lastsMs = lastsMs;
    this.#ended = ended;
    this.#beatAtMs = ports.clock.now();
  }

  get isLost(): boolean {
    if (this.#state === 'lost') return true;
    return this.#ports.clock.now() - this.#beatAtMs > this.#lastsMs;
  }

  tell(note: LeaseNote): Promise<void> {
    return this.#next(() => this.#write({ ...this.#record, note }));
  }

  /** A sign of life. */
  beat(): Promise<void> {
    return this.#next(() => this.#write({ ...this.#record, beat: this.#record.beat + 1 }));
  }

  release(outcome?: LeaseNote): Promise<void> {
    return this.#next(() => this.#release(outcome));
  }

  /** What somebody else has taken is theirs, and is not written to. */
  async #write(record: LeaseRecord): Promise<void> {
    if (!(await this.#isStillOurs())) return;
    this.#record = record;
    await this.#ports.records.put(leaseKey(this.#name), leaseRecord(record));
    this.#beatAtMs = this.#ports.clock.now();
  }

  async #release(outcome: LeaseNote | undefined): Promise<void> {
    if (this.#state === 'released') return;
    const { records } = this.#ports;
    try {
      if (outcome === undefined) return;
      await records.put(leaseOutcomeKey(this.#name), outcomeRecord(this.#record.id, outcome));
    } finally {
      await this.#giveUp();
    }
  }

  /** Whatever the storage does it beats no more: then at least it runs out. */
  async #giveUp(): Promise<void> {
    let isOurs = false;
    try {
      isOurs = await this.#isStillOurs();
    } finally {
      this.#state = 'released';
      this.#ended();
    }
    if (isOurs) await this.#ports.records.delete(leaseKey(this.#name));
  }

  async #isStillOurs(): Promise<boolean> {
    if (this.#state !== 'held') return false;
    const current = readLeaseRecord(await this.#ports.records.get(leaseKey(this.#name)));
    if (current?.id === this.#record.id) return true;
    this.#state = 'lost';
    return false;
  }

  #next(act: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(act).catch((cause) => {
      this.#ports.troubled(this.#name, cause);
    });
    return this.#last;
  }
}
