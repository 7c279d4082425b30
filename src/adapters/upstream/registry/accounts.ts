import { CredentialsRejected, NameUnknown, type RegistryError } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import { inOrderOfUse, type PullAllowance } from '../../../domain/rate-limit.ts';
import type { Account } from './account.ts';
import { AccountRefused } from './throttle.ts';

export interface AccountAllowance {
  /** Absent for nobody's. */
  readonly account: string | undefined;
  /** Undefined while nothing was said, as for those without a limit. */
  readonly allowance: PullAllowance | undefined;
}

/**
 * Those in whose name the registry can be asked, in their order: where one gets no answer, because
 * its pulls are spent or its password is wrong, the next stands in for it.
 */
export class Accounts {
  readonly #all: readonly [Account, ...Account[]];
  readonly #clock: Clock;

  constructor(all: readonly [Account, ...Account[]], clock: Clock) {
    this.#all = all;
    this.#clock = clock;
  }

  /** What the registry last said of the pulls of each, by user name. */
  get allowances(): readonly AccountAllowance[] {
    return this.#all.map(({ name, budget }) => ({ account: name, allowance: budget.allowance }));
  }

  get first(): Account {
    return this.#all[0];
  }

  /** Does what is not counted: a spent account will do. */
  async ask<T>(work: (account: Account) => Promise<T>): Promise<T> {
    return this.#tried(this.#all, [], work);
  }

  /** Does what is counted as a pull. */
  async pull<T>(work: (account: Account) => Promise<T>): Promise<T> {
    const usable = inOrderOfUse(this.#all, this.#clock.now());
    const refused = this.#all.filter((account) => !usable.includes(account));
    const refusals = refused.map(({ pulls }) => pulls.refusal());
    return this.#tried(usable, refusals, work);
  }

  async #tried<T>(
    accounts: readonly Account[],
    before: readonly RegistryError[],
    work: (account: Account) => Promise<T>,
  ): Promise<T> {
    const refusals = [...before];
    let hidden: NameUnknown | undefined;
    for (const account of accounts) {
      try {
        return await work(account);
      } catch (error) {
        // What a stand-in may not see, the account that it stands in for may.
        if (error instanceof NameUnknown && account !== this.first) hidden = error;
        else if (isOfAccount(error)) refusals.push(error);
        else throw error;
      }
    }
    throw soonest(refusals) ?? hidden;
  }
}

function isOfAccount(error: unknown): error is AccountRefused | CredentialsRejected {
  return error instanceof AccountRefused || error instanceof CredentialsRejected;
}

/** The one that passes first, as far as that is known. */
function soonest(refusals: readonly RegistryError[]): RegistryError | undefined {
  const limits = refusals.filter((error) => error instanceof AccountRefused);
  return limits.sort((a, b) => secondsOf(a) - secondsOf(b))[0] ?? refusals[0];
}

function secondsOf({ retryAfterSeconds = 0 }: AccountRefused): number {
  return retryAfterSeconds;
}
