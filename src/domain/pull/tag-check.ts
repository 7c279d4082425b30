import type { Descriptor } from '../descriptor.ts';
import { isDigest } from '../digest.ts';
import { ManifestUnknown, UpstreamFailure, UpstreamTimeout } from '../errors.ts';
import {
  type Freshness,
  type FreshnessPolicy,
  freshnessOf,
  isUsableOnError,
} from '../freshness.ts';
import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Lease, LeaseNote, Leases, Tenure } from '../ports/leases.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Tag } from '../reference.ts';
import { tagLease } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { SingleFlight } from './single-flight.ts';
import type { TagBook, TagEntry } from './tag-book.ts';

export interface TagPolicy {
  /** How fresh each tag must be. */
  readonly freshness: (repository: RepositoryName, tag: Tag) => FreshnessPolicy;
  /** How long a check may take before the known digest is served, in milliseconds. */
  readonly timeoutMs: number;
}

/** How often one looks whether another process has the answer: more often at first, in milliseconds. */
const LOOK_AFTER_MS = 1;
const LOOK_EVERY_MS = 10;

/** How often one tries to ask oneself meanwhile: it may have died. In milliseconds. */
const TAKE_EVERY_MS = 250;

export interface TagCheckPorts {
  readonly upstream: Upstream;
  readonly tags: TagBook;
  readonly clock: Clock;
  readonly events: Events;
  readonly leases: Leases;
}

/** The known digest in place of an answer, for want of one. */
export interface StaleTag {
  readonly entry: TagEntry;
  readonly ageMs: number | undefined;
}

/** What the upstream says of a tag. */
export interface TagAsked {
  readonly descriptor: Descriptor;
  /** Whether somebody else had asked already, and is told the same. */
  readonly joined: boolean;
}

/** What a tag points to now: by one HEAD for all who ask meanwhile. */
export class TagCheck {
  readonly #ports: TagCheckPorts;
  readonly #policy: TagPolicy;
  readonly #flights = new SingleFlight<Descriptor>();

  constructor(ports: TagCheckPorts, policy: TagPolicy) {
    this.#ports = ports;
    this.#policy = policy;
  }

  /** What is to be done before the known digest is served. */
  freshness(repository: RepositoryName, tag: Tag, { checkedAtMs }: TagEntry): Freshness {
    const policy = this.#policy.freshness(repository, tag);
    return freshnessOf(policy, checkedAtMs, this.#ports.clock.now());
  }

  /** Asks the upstream. A known tag that it does not know any more is forgotten. */
  async ask(repository: RepositoryName, tag: Tag, known: TagEntry | undefined): Promise<TagAsked> {
    // Without a copy to fall back to there is nothing to gain from giving up early.
    const timeoutMs = known === undefined ? undefined : this.#policy.timeoutMs;
    try {
      const { joined, result } = this.#flights.run(`${repository}:${tag}`, () =>
        this.#shared(repository, tag, timeoutMs),
      );
      return { descriptor: await result, joined };
    } catch (error) {
      if (error instanceof ManifestUnknown && known !== undefined) {
        await this.#forget(repository, tag);
      }
      throw error;
    }
  }

  /** The answer that another process which shares the storage waits for just now, or one's own. */
  async #shared(
    repository: RepositoryName,
    tag: Tag,
    timeoutMs: number | undefined,
  ): Promise<Descriptor> {
    const { leases, clock } = this.#ports;
    const name = tagLease(repository, tag);
    const endMs = clock.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
    const waitedFor = new Map<string, Tenure>();
    for (;;) {
      const taken = await leases.take(name);
      if ('lease' in taken) {
        const { lease } = taken;
        // One of them may have had its answer between the last look at it and now.
        const answer = await this.#outcomeOf(name, [...waitedFor.values()]);
        if (answer === undefined) return this.#resolve(repository, tag, timeoutMs, lease);
        await lease.release();
        return answer;
      }
      waitedFor.set(taken.heldBy.id, taken.heldBy);
      const answer = await this.#answerOf(name, taken.heldBy, endMs);
      if (answer !== undefined) return answer;
    }
  }

  async #resolve(
    repository: RepositoryName,
    tag: Tag,
    timeoutMs: number | undefined,
    lease: Lease,
  ): Promise<Descriptor> {
    const reference = { kind: 'tag', tag } as const;
    let outcome: LeaseNote | undefined;
    try {
      const answer = await this.#ports.upstream.resolve(repository, reference, timeoutMs);
      const { digest, mediaType, size } = answer;
      outcome = { digest, mediaType, size };
      return answer;
    } finally {
      // Before the answer is given: who asks after it must not be told what it was before.
      await lease.release(outcome);
    }
  }

  /** Undefined if the other one did not get any, or has ended. */
  async #answerOf(name: string, holder: Tenure, endMs: number): Promise<Descriptor | undefined> {
    const { leases, clock } = this.#ports;
    // Counted, since the clock may be set back.
    let waitedMs = 0;
    let nextMs = LOOK_AFTER_MS;
    while ((await leases.holderOf(name))?.id === holder.id) {
      const isLate = clock.now() >= endMs;
      if (isLate) throw new UpstreamTimeout('another mirror waits for the upstream, too');
      if (waitedMs >= TAKE_EVERY_MS) return undefined;
      await pause(clock, nextMs);
      waitedMs += nextMs;
      nextMs = Math.min(2 * nextMs, LOOK_EVERY_MS);
    }
    return this.#outcomeOf(name, [holder]);
  }

  /** What the last of these who had an answer was told. */
  async #outcomeOf(name: string, holders: readonly Tenure[]): Promise<Descriptor | undefined> {
    for (const holder of holders) {
      const outcome = await this.#ports.leases.outcomeOf(name, holder);
      if (outcome !== undefined) return descriptorIn(outcome);
    }
    return undefined;
  }

  async #forget(repository: RepositoryName, tag: Tag): Promise<void> {
    const { tags, events } = this.#ports;
    try {
      await tags.forget(repository, tag);
    } catch (cause) {
      events.emit({ type: 'not-stored', repository, what: `the removal of tag ${tag}`, cause });
    }
  }

  /**
   * The known digest in place of the answer that failed with `error`, which those who listen are
   * told. Throws `error` if there is none, if it is an answer itself, or if the digest is too old.
   */
  fallBack(
    repository: RepositoryName,
    tag: Tag,
    known: TagEntry | undefined,
    error: unknown,
  ): StaleTag {
    if (known === undefined || !(error instanceof UpstreamFailure)) throw error;
    const { digest, checkedAtMs } = known;
    const policy = this.#policy.freshness(repository, tag);
    const now = this.#ports.clock.now();
    if (!isUsableOnError(policy, checkedAtMs, now)) throw error;
    this.#ports.events.emit({ type: 'tag-stale', repository, tag, digest, cause: error });
    return { entry: known, ageMs: checkedAtMs === undefined ? undefined : now - checkedAtMs };
  }
}

function descriptorIn({ digest, mediaType, size }: LeaseNote): Descriptor | undefined {
  const isWhole =
    typeof digest === 'string' &&
    isDigest(digest) &&
    typeof mediaType === 'string' &&
    typeof size === 'number';
  return isWhole ? { digest, mediaType, size } : undefined;
}
