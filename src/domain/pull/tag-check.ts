import type { Descriptor } from '../descriptor.ts';
import { ManifestUnknown, UpstreamFailure } from '../errors.ts';
import {
  type Freshness,
  type FreshnessPolicy,
  freshnessOf,
  isUsableOnError,
} from '../freshness.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import { SingleFlight } from './single-flight.ts';
import type { TagBook, TagEntry } from './tag-book.ts';

export interface TagPolicy {
  /** How fresh each tag must be. */
  readonly freshness: (repository: RepositoryName, tag: Tag) => FreshnessPolicy;
  /** How long a check may take before the known digest is served, in milliseconds. */
  readonly timeoutMs: number;
}

export interface TagCheckPorts {
  readonly upstream: Upstream;
  readonly tags: TagBook;
  readonly clock: Clock;
  readonly events: Events;
}

/** The known digest in place of an answer, for want of one. */
export interface StaleTag {
  readonly entry: TagEntry;
  readonly ageMs: number | undefined;
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
  async ask(
    repository: RepositoryName,
    tag: Tag,
    known: TagEntry | undefined,
  ): Promise<Descriptor> {
    // Without a copy to fall back to there is nothing to gain from giving up early.
    const timeoutMs = known === undefined ? undefined : this.#policy.timeoutMs;
    const reference = { kind: 'tag', tag } as const;
    try {
      return await this.#flights.run(`${repository}:${tag}`, () =>
        this.#ports.upstream.resolve(repository, reference, timeoutMs),
      ).result;
    } catch (error) {
      if (error instanceof ManifestUnknown && known !== undefined) {
        await this.#forget(repository, tag);
      }
      throw error;
    }
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
