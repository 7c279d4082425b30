import { RecordLeases } from '../../src/domain/lease/record-leases.ts';
import type { Owners } from '../../src/domain/ports/owners.ts';
import type { RecordStore } from '../../src/domain/ports/record-store.ts';
import type { StorageEngine } from '../../src/domain/ports/storage-engine.ts';
import type { LeaseProcess } from '../contracts/leases.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordedEvents } from './recorded-events.ts';
import { settle } from './settle.ts';

export interface ProcessOptions {
  readonly records: RecordStore;
  readonly owners: Owners;
  readonly events?: RecordedEvents;
  readonly kill: () => Promise<void>;
}

/** Records that know how many are being read or written just now, of all processes. */
class CountedRecords implements RecordStore {
  readonly #records: RecordStore;
  readonly #running: Set<Promise<unknown>>;

  constructor(records: RecordStore, running: Set<Promise<unknown>>) {
    this.#records = records;
    this.#running = running;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#counted(this.#records.get(key));
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return this.#counted(this.#records.put(key, value));
  }

  putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    return this.#counted(this.#records.putIfAbsent(key, value));
  }

  delete(key: string): Promise<boolean> {
    return this.#counted(this.#records.delete(key));
  }

  children(key: string): Promise<string[]> {
    return this.#counted(this.#records.children(key));
  }

  #counted<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    return work.finally(() => this.#running.delete(work));
  }
}

type SharedStorage = StorageEngine & { readonly owners: Owners };

/** Leases of several processes over one storage, each with a clock of its own. */
export class LeaseProcesses {
  readonly #clocks = new Set<ManualClock>();
  readonly #storages = new Set<SharedStorage>();
  readonly #running = new Set<Promise<unknown>>();

  process({
    owners,
    kill,
    events = new RecordedEvents(),
    ...options
  }: ProcessOptions): LeaseProcess {
    const clock = new ManualClock();
    const records = new CountedRecords(options.records, this.#running);
    this.#clocks.add(clock);
    const leases = new RecordLeases({ records, owners, clock, events, random: Math.random });
    return {
      leases,
      kill: async () => {
        this.#clocks.delete(clock);
        await kill();
      },
      freeze: () => void this.#clocks.delete(clock),
      thaw: () => void this.#clocks.add(clock),
    };
  }

  /** One over a storage of its own, which is closed when it is killed, or by {@link close}. */
  async over(storage: SharedStorage): Promise<LeaseProcess> {
    await storage.start();
    this.#storages.add(storage);
    const { records, owners } = storage;
    const kill = async (): Promise<void> => {
      this.#storages.delete(storage);
      await storage.close();
    };
    return this.process({ records, owners, kill });
  }

  async close(): Promise<void> {
    for (const storage of this.#storages) await storage.close();
  }

  /** In steps that are shorter than a holder may be silent; each waits for what it sets off to end. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1000) {
      for (const clock of this.#clocks) clock.advance(1000);
      do await settle();
      while (this.#running.size > 0);
    }
  }
}
