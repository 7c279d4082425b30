/** What the holder of a lease lets those who wait for it know. */
export type LeaseNote = Readonly<Record<string, string | number>>;

/** The right to do something alone, among all that share a storage. */
export interface Lease {
  /** Whether somebody else may have it by now, because this process could not keep it alive. */
  readonly isLost: boolean;
  /** Replaces the note. Never rejects: what cannot be told is not known to those who wait. */
  tell(note: LeaseNote): Promise<void>;
  /**
   * Gives it up; safe more than once, and never rejects. Those who waited find `outcome` by
   * {@link Leases.outcomeOf}.
   */
  release(outcome?: LeaseNote): Promise<void>;
}

/** Somebody's holding of a lease. */
export interface Tenure {
  /** One of its own for each holding. */
  readonly id: string;
  /** Who holds it; see {@link Owners}. */
  readonly holder: string;
  readonly note: LeaseNote;
}

/** What came of asking for a lease. */
export type Taken =
  | {
      readonly lease: Lease;
      /** Who had it and has not given it up: its time has run out, or its process has died. */
      readonly after: Tenure | undefined;
    }
  | { readonly heldBy: Tenure };

/**
 * Coordinates all that share a storage. It is no lock to build correctness on: a process that stood
 * still for longer than a lease lasts goes on believing that it holds it, and where the storage
 * fails everybody is given what they ask for.
 */
export interface Leases {
  /** Never rejects and never waits. */
  take(name: string, note?: LeaseNote): Promise<Taken>;
  /** Who holds it as far as is known, without asking for it; undefined if nobody does. */
  holderOf(name: string): Promise<Tenure | undefined>;
  /** What came of a holding that has ended, if it was the last that left an outcome. */
  outcomeOf(name: string, tenure: Tenure): Promise<LeaseNote | undefined>;
}
