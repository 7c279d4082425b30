import type { LeaseNote, Leases, Taken, Tenure } from '../ports/leases.ts';
import type { Owners } from '../ports/owners.ts';
import { SOLE_LEASES } from './sole-leases.ts';

/**
 * Leases for what is dearer to share than to do twice: for as long as nobody else is there, they are
 * given without being written down. Who comes in that moment may do it once more.
 */
export class LeasesAmongOthers implements Leases {
  readonly #leases: Leases;
  readonly #owners: Owners;

  constructor(leases: Leases, owners: Owners) {
    this.#leases = leases;
    this.#owners = owners;
  }

  async take(name: string, note?: LeaseNote): Promise<Taken> {
    const isAlone = await this.#owners.isAlone();
    return isAlone ? SOLE_LEASES.take(name, note) : this.#leases.take(name, note);
  }

  holderOf(name: string): Promise<Tenure | undefined> {
    return this.#leases.holderOf(name);
  }

  outcomeOf(name: string, tenure: Tenure): Promise<LeaseNote | undefined> {
    return this.#leases.outcomeOf(name, tenure);
  }
}
