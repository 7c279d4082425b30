import { backOffMs } from './back-off.ts';

/** When a host that keeps failing is given a rest. Times in milliseconds. */
export interface CircuitPolicy {
  /** How many failures in a row open the circuit. */
  readonly failures: number;
  /** The longest wait before the first probe; it doubles with each further one. */
  readonly baseMs: number;
  /** The longest wait of all. */
  readonly ceilingMs: number;
}

export const DEFAULT_CIRCUIT: CircuitPolicy = { failures: 5, baseMs: 2_500, ceilingMs: 30_000 };

/**
 * A circuit breaker (M. Nygard, Release It!): after some failures in a row it opens, and nothing is
 * asked until a probe has been answered. Such an answer proves little, so the waits go on growing
 * until a request has succeeded.
 */
export class Circuit {
  readonly #policy: CircuitPolicy;
  #failures = 0;
  #openSinceMs: number | undefined;
  #probes = 0;

  constructor(policy: CircuitPolicy = DEFAULT_CIRCUIT) {
    this.#policy = policy;
  }

  get isOpen(): boolean {
    return this.#openSinceMs !== undefined;
  }

  /** How many failures in a row there were. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes that a request failed; whether that opens it. One more while it is open tells nothing. */
  failed(nowMs: number): boolean {
    if (this.isOpen) return false;
    this.#failures++;
    if (this.#failures < this.#policy.failures) return false;
    this.#openSinceMs = nowMs;
    return true;
  }

  /** Notes that a request succeeded; see {@link answered} for what it returns. */
  succeeded(nowMs: number): number | undefined {
    this.#probes = 0;
    return this.answered(nowMs);
  }

  /** Notes that a probe was answered; for how long the circuit was open, if this closes it. */
  answered(nowMs: number): number | undefined {
    const sinceMs = this.#openSinceMs;
    this.#openSinceMs = undefined;
    this.#failures = 0;
    return sinceMs === undefined ? undefined : Math.max(0, nowMs - sinceMs);
  }

  /**
   * The wait before the next probe.
   *
   * @param random from 0 to below 1
   */
  nextProbeMs(random: number): number {
    this.#probes++;
    return backOffMs(this.#policy, this.#probes, random);
  }
}
