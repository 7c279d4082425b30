import { backOffMs, type RetryPolicy } from '../back-off.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { UpstreamBadAnswer, UpstreamTimeout, UpstreamUnreachable } from '../errors.ts';
import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { FetchedManifest, PageRequest, TagPage, Upstream } from '../ports/upstream.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';
import { DelegatingUpstream } from './delegating-upstream.ts';

/** How often a small question is asked at most: a client waits for the answer. */
const ATTEMPTS = 3;

/**
 * Asks again what is small when the upstream failed in a way that passes. Blobs are not repeated
 * here: `download` resumes them where they broke off.
 */
export class RetryingUpstream extends DelegatingUpstream {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #policy: RetryPolicy;

  /** @param random from 0 to below 1, for the jitter of the back-off */
  constructor(upstream: Upstream, clock: Clock, random: () => number, policy: RetryPolicy) {
    super(upstream);
    this.#clock = clock;
    this.#random = random;
    this.#policy = policy;
  }

  /** All attempts together take no longer than `timeoutMs`. */
  override resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    const deadlineMs = this.#clock.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
    return this.#retry(deadlineMs, () => {
      const leftMs = timeoutMs === undefined ? undefined : deadlineMs - this.#clock.now();
      return super.resolve(repository, reference, leftMs);
    });
  }

  override fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#retry(Number.POSITIVE_INFINITY, () => super.fetchManifest(repository, digest));
  }

  override statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#retry(Number.POSITIVE_INFINITY, () => super.statBlob(repository, digest));
  }

  override listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#retry(Number.POSITIVE_INFINITY, () => super.listTags(repository, page));
  }

  override listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    return this.#retry(Number.POSITIVE_INFINITY, () => super.listReferrers(repository, subject));
  }

  async #retry<T>(deadlineMs: number, ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const delayMs = backOffMs(this.#policy, attempt, this.#random());
        const inTime = this.#clock.now() + delayMs < deadlineMs;
        if (attempt >= ATTEMPTS || !inTime || !isPassing(error)) throw error;
        await pause(this.#clock, delayMs);
      }
    }
  }
}

/** A refusal or wrong bytes stay what they are; a time-out has used up the client's patience. */
function isPassing(error: unknown): boolean {
  if (error instanceof UpstreamTimeout) return false;
  return error instanceof UpstreamUnreachable || error instanceof UpstreamBadAnswer;
}
