import type { ImagePattern } from './image-pattern.ts';
import type { Tag } from './reference.ts';
import type { RepositoryName } from './repository-name.ts';

/**
 * How long a tag's known digest may be used, in the words of HTTP caching: `max-age` and `immutable`
 * (RFC 9111 §5.2.2.1, RFC 8246), `stale-while-revalidate` and `stale-if-error` (RFC 5861). All in
 * milliseconds.
 */
export interface FreshnessPolicy {
  /** How long after a check the digest needs no new one; 0 asks on each pull. */
  readonly maxAgeMs: number;
  /** How much longer it is served while a check runs behind it. */
  readonly staleWhileRevalidateMs: number;
  /** How long after a check it may still be served when the upstream fails. */
  readonly staleIfErrorMs: number;
  /** Once known, never checked again. */
  readonly immutable: boolean;
}

/** Ask on each pull; when the upstream fails, any digest is better than none. */
export const ASK_ON_EACH_PULL: FreshnessPolicy = {
  maxAgeMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: Number.POSITIVE_INFINITY,
  immutable: false,
};

/** What is to be done before a known digest is served: nothing, a check behind it, or a check. */
export type Freshness = 'fresh' | 'revalidate-behind' | 'stale';

/** @param checkedAtMs when the upstream last confirmed the digest; undefined if nobody knows */
export function freshnessOf(
  policy: FreshnessPolicy,
  checkedAtMs: number | undefined,
  nowMs: number,
): Freshness {
  if (policy.immutable) return 'fresh';
  if (checkedAtMs === undefined) return 'stale';
  const ageMs = nowMs - checkedAtMs;
  if (ageMs < 0) return 'stale'; // the clock was set back: nobody knows
  if (ageMs < policy.maxAgeMs) return 'fresh';
  const behind = policy.maxAgeMs + policy.staleWhileRevalidateMs;
  return ageMs < behind ? 'revalidate-behind' : 'stale';
}

/** Whether it may be served after asking in vain. */
export function isUsableOnError(
  policy: FreshnessPolicy,
  checkedAtMs: number | undefined,
  nowMs: number,
): boolean {
  if (policy.immutable || policy.staleIfErrorMs === Number.POSITIVE_INFINITY) return true;
  return checkedAtMs !== undefined && nowMs - checkedAtMs <= policy.staleIfErrorMs;
}

/** What differs from the default for the images that a pattern matches. */
export interface FreshnessRule {
  readonly pattern: ImagePattern;
  readonly policy: FreshnessPolicy;
}

/** The policy of the first rule that matches, else the default. */
export function policyFor(
  rules: readonly FreshnessRule[],
  otherwise: FreshnessPolicy,
  repository: RepositoryName,
  tag: Tag,
): FreshnessPolicy {
  return rules.find(({ pattern }) => pattern.matches(repository, tag))?.policy ?? otherwise;
}
