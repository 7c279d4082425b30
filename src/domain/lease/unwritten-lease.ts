import type { Lease, LeaseNote, Leases, Tenure } from '../ports/leases.ts';
import { SOLE_LEASE } from './sole-leases.ts';

/** A lease that nobody else has to know of, until somebody else is there. */
export class UnwrittenLease implements Lease {
  readonly #name: string;
  readonly #id: string;
  readonly #holder: string;
  readonly #isUnseen: () => boolean;
  readonly #ended: () => void;
  #note: LeaseNote;
  #written: Promise<void> | undefined;
  #lease: Lease | undefined;
  #isReleased = false;

  /**
   * @param tenure of it, as long as it is unwritten
   * @param isUnseen whether others may have come, and not have been seen, for long
   * @param ended it need not be written any more
   */
  constructor(name: string, tenure: Tenure, isUnseen: () => boolean, ended: () => void) {
    this.#name = name;
    this.#id = tenure.id;
    this.#holder = tenure.holder;
    this.#note = tenure.note;
    this.#isUnseen = isUnseen;
    this.#ended = ended;
  }

  get tenure(): Tenure {
    return { id: this.#id, holder: this.#holder, note: this.#note };
  }

  get isLost(): boolean {
    return this.#lease === undefined ? this.#isUnseen() : this.#lease.isLost;
  }

  async tell(note: LeaseNote): Promise<void> {
    this.#note = note;
    await this.#written;
    await this.#lease?.tell(note);
  }

  async release(outcome?: LeaseNote): Promise<void> {
    this.#isReleased = true;
    this.#ended();
    await this.#written;
    await this.#lease?.release(outcome);
  }

  /** From now on it is one among others. If somebody has it by now, both go on. */
  write(leases: Leases): Promise<void> {
    this.#written ??= this.#write(leases);
    return this.#written;
  }

  async #write(leases: Leases): Promise<void> {
    const note = this.#note;
    const taken = await leases.take(this.#name, note);
    this.#lease = 'lease' in taken ? taken.lease : SOLE_LEASE;
    if (this.#note !== note && !this.#isReleased) await this.#lease.tell(this.#note);
  }
}
