/** What an upstream last said of the pulls of one account. All of it is its best effort. */
export interface PullAllowance {
  /** How many pulls a window allows; undefined if it did not say, as for unlimited accounts. */
  readonly limit: number | undefined;
  /** How many of them are left. */
  readonly remaining: number | undefined;
  readonly windowMs: number | undefined;
  /** Whom it counts for: an address, a network or an account's id. */
  readonly source: string | undefined;
}

/** Docker Hub's window, for those that do not tell theirs. */
const USUAL_WINDOW_MS = 6 * 60 * 60_000;

/** How long to wait after a refusal that does not say it; doubles while refusals go on. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** "Retry-After: 0" is no leave to go on as before. */
const LEAST_WAIT_MS = 1_000;

/** The wait that a refusal for too many requests (429) brings. */
export class Cooldown {
  #sinceMs = 0;
  #waitMs = 0;
  #unsaidWaitMs = FIRST_WAIT_MS;

  /** How long nothing is to be asked any more; 0 if it may be. */
  leftMs(nowMs: number): number {
    const left = this.#sinceMs + this.#waitMs - nowMs;
    // A clock that was set back makes no wait longer than it was.
    return Math.max(0, Math.min(this.#waitMs, left));
  }

  /**
   * Notes a refusal; `toldMs` is the wait it asks for, if it does. Whether a wait begins now: of the
   * answers to requests that ran at the same time, the first alone begins one.
   */
  refused(nowMs: number, toldMs: number | undefined): boolean {
    const left = this.leftMs(nowMs);
    if (left === 0) this.#begin(nowMs, toldMs ?? this.#nextUnsaidWait());
    else if (toldMs !== undefined && toldMs > left) this.#begin(nowMs, toldMs);
    return left === 0;
  }

  /** Notes that a request was answered: the next refusal is the first again. */
  granted(): void {
    this.#unsaidWaitMs = FIRST_WAIT_MS;
  }

  #begin(nowMs: number, waitMs: number): void {
    this.#sinceMs = nowMs;
    this.#waitMs = Math.max(LEAST_WAIT_MS, waitMs);
  }

  #nextUnsaidWait(): number {
    const waitMs = this.#unsaidWaitMs;
    this.#unsaidWaitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    return waitMs;
  }
}

/** What is known of the pulls of one account, and when the next may be made. */
export class PullBudget {
  /** The wait that a refused pull brings. */
  readonly cooldown: Cooldown = new Cooldown();
  #allowance: PullAllowance | undefined;
  #learnedMs = 0;

  /** What the upstream last said. */
  get allowance(): PullAllowance | undefined {
    return this.#allowance;
  }

  /** An answer that says nothing changes nothing: images of sponsored publishers are not counted. */
  learn(allowance: PullAllowance | undefined, nowMs: number): void {
    if (allowance === undefined) return;
    this.#allowance = allowance;
    this.#learnedMs = nowMs;
  }

  /** Whether the upstream said that no pull is left in a window that may still run. */
  isSpent(nowMs: number): boolean {
    const { remaining, windowMs = USUAL_WINDOW_MS } = this.#allowance ?? {};
    const age = nowMs - this.#learnedMs;
    return remaining !== undefined && remaining <= 0 && age >= 0 && age < windowMs;
  }
}

/**
 * Those whose pulls are not refused for now, in the order in which to try them: the spent ones last,
 * but not never, since nobody tells when a window is over.
 */
export function inOrderOfUse<T extends { readonly budget: PullBudget }>(
  accounts: readonly T[],
  nowMs: number,
): T[] {
  const usable = accounts.filter(({ budget }) => budget.cooldown.leftMs(nowMs) === 0);
  const spent = usable.filter(({ budget }) => budget.isSpent(nowMs));
  return [...usable.filter((account) => !spent.includes(account)), ...spent];
}
