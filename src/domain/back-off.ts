/** How a failed transfer is tried again. Times in milliseconds. */
export interface RetryPolicy {
  /** How many attempts in a row may bring no byte before the transfer fails. */
  readonly retries: number;
  /** The longest wait before the first repetition; it doubles with each further one. */
  readonly baseMs: number;
  /** The longest wait of all. */
  readonly ceilingMs: number;
  /** How long a running download may bring no byte before it counts as broken. */
  readonly stallTimeoutMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  retries: 5,
  baseMs: 200,
  ceilingMs: 10_000,
  stallTimeoutMs: 15_000,
};

/**
 * The wait before repetition `attempt` (1 is the first): "equal jitter", between half of the doubled
 * base and the whole of it, so that many mirrors do not come back at once.
 *
 * @param random from 0 to below 1
 */
export function backOffMs(
  policy: Pick<RetryPolicy, 'baseMs' | 'ceilingMs'>,
  attempt: number,
  random: number,
): number {
  const longest = Math.min(policy.ceilingMs, policy.baseMs * 2 ** (attempt - 1));
  return longest / 2 + (longest / 2) * random;
}
