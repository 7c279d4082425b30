/**
 * How long a tag's known digest may be used, in the words of HTTP caching: RFC 9111 (`max-age`) and
 * RFC 5861 (`stale-if-error`). All in milliseconds.
 */
export interface FreshnessPolicy {
  /** How long after a check the digest needs no new one; 0 asks on each pull. */
  readonly maxAgeMs: number;
  /** How long after a check it may still be served when the upstream fails. */
  readonly staleIfErrorMs: number;
}

/** Ask on each pull; when the upstream fails, any digest is better than none. */
export const ASK_ON_EACH_PULL: FreshnessPolicy = {
  maxAgeMs: 0,
  staleIfErrorMs: Number.POSITIVE_INFINITY,
};

/** Whether a digest that was checked at `checkedAtMs` may be served without asking. */
export function isFresh(policy: FreshnessPolicy, checkedAtMs: number, nowMs: number): boolean {
  return nowMs - checkedAtMs < policy.maxAgeMs;
}

/** Whether it may be served after asking in vain. */
export function isUsableOnError(
  policy: FreshnessPolicy,
  checkedAtMs: number,
  nowMs: number,
): boolean {
  return nowMs - checkedAtMs <= policy.staleIfErrorMs;
}
