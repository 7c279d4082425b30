import type { Owners } from '../ports/owners.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { ARRIVALS, arrivalsKey } from '../registry-layout.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** What a process has stored since it was started, in bytes. */
interface Arrived {
  /** With what it is just about to store. */
  readonly brought: number;
  /** Without that: what whoever looks sees, or what has come to nothing. */
  readonly settled: number;
}

export type Arrivals = ReadonlyMap<string, Arrived>;

/**
 * What other processes have put into the storage since it was last looked through: each counts what
 * it stores, in a record of its own. Without that, each of them would fill the budget once more. It is
 * written down only while others are there, who find the sum in the next record.
 */
export class SharedArrivals {
  readonly #records: RecordStore;
  readonly #owners: Owners | undefined;
  #own: Arrived = { brought: 0, settled: 0 };
  #latest: Arrivals = new Map();
  #counted: Arrivals = new Map();
  /** Whether others had been there when one last looked. */
  #wereOthers = true;

  /** @param owners undefined for a storage of this process alone */
  constructor(records: RecordStore, owners: Owners | undefined) {
    this.#records = records;
    this.#owners = owners;
  }

  /** To be called before so many bytes become visible, and now and then with none. */
  bring(bytes: number): Promise<void> {
    const { brought, settled } = this.#own;
    return this.#write({ brought: brought + bytes, settled });
  }

  /** So many of them are visible now, or never will be. */
  settle(bytes: number): Promise<void> {
    const { brought, settled } = this.#own;
    return this.#write({ brought, settled: settled + bytes });
  }

  /** Finds out what others have stored; what it returns is for {@link count}. */
  async look(): Promise<Arrivals> {
    if (this.#owners === undefined) return this.#latest;
    const { self } = this.#owners;
    const isAlone = await this.#isAlone();
    // What those have written who were there meanwhile has a new name.
    const isKnown = (owner: string): boolean => this.#latest.has(owner) && !this.#wereOthers;
    const latest = new Map<string, Arrived>(this.#latest);
    for (const owner of await this.#records.children(ARRIVALS)) {
      if (owner === self || (isAlone && isKnown(owner))) continue;
      const arrived = arrivedIn(await this.#records.get(arrivalsKey(owner)));
      if (arrived !== undefined) latest.set(owner, arrived);
    }
    this.#latest = latest;
    this.#wereOthers = !isAlone;
    return latest;
  }

  /** An inventory was begun after these had been found out. */
  count(arrivals: Arrivals): void {
    this.#counted = arrivals;
  }

  /** What may be part of no inventory, as far as is known, in bytes. */
  get uncounted(): number {
    let bytes = 0;
    for (const [owner, { brought }] of this.#latest) {
      bytes += Math.max(0, brought - (this.#counted.get(owner)?.settled ?? 0));
    }
    return bytes;
  }

  async #write(arrived: Arrived): Promise<void> {
    this.#own = arrived;
    if (this.#owners === undefined || (await this.#isAlone())) return;
    const record = encodeUtf8(JSON.stringify(arrived));
    await this.#records.put(arrivalsKey(this.#owners.self), record);
  }

  async #isAlone(): Promise<boolean> {
    return (await this.#owners?.isAlone?.()) ?? false;
  }
}

function arrivedIn(bytes: Uint8Array | undefined): Arrived | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { brought, settled } = JSON.parse(decodeUtf8(bytes)) as Partial<Arrived>;
    return isCount(brought) && isCount(settled) ? { brought, settled } : undefined;
  } catch {
    return undefined; // neither text nor JSON
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
