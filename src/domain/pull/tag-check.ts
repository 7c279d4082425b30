import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { ManifestUnknown, UpstreamFailure } from '../errors.ts';
import { type FreshnessPolicy, isFresh, isUsableOnError } from '../freshness.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import { SingleFlight } from './single-flight.ts';
import type { TagBook, TagEntry } from './tag-book.ts';

export interface TagPolicy extends FreshnessPolicy {
  /** How long a check may take before the known digest is served, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a tag points to, and how sure that is. */
export type CheckedTag =
  | { readonly kind: 'confirmed'; readonly descriptor: Descriptor }
  | { readonly kind: 'fresh'; readonly digest: Digest }
  | { readonly kind: 'stale'; readonly digest: Digest; readonly ageMs: number | undefined };

export interface TagCheckPorts {
  readonly upstream: Upstream;
  readonly tags: TagBook;
  readonly clock: Clock;
  readonly events: Events;
}

/**
 * What a tag points to now: asks the upstream, with one HEAD for all who ask meanwhile, unless the
 * freshness policy finds the last answer good enough; and falls back to it when there is no answer.
 */
export class TagCheck {
  readonly #ports: TagCheckPorts;
  readonly #policy: TagPolicy;
  readonly #flights = new SingleFlight<Descriptor>();

  constructor(ports: TagCheckPorts, policy: TagPolicy) {
    this.#ports = ports;
    this.#policy = policy;
  }

  async check(repository: RepositoryName, tag: Tag): Promise<CheckedTag> {
    const known = await this.#ports.tags.current(repository, tag);
    if (known !== undefined && this.#isFresh(known)) return { kind: 'fresh', digest: known.digest };
    try {
      const descriptor = await this.#ask(repository, tag, known);
      return { kind: 'confirmed', descriptor };
    } catch (error) {
      if (error instanceof ManifestUnknown) await this.#ports.tags.forget(repository, tag);
      const usable = error instanceof UpstreamFailure && known !== undefined;
      if (!usable || !this.#isUsable(known)) throw error;
      return this.stale(repository, tag, known, error);
    }
  }

  /** The known digest in place of an answer, which is told to those who listen. */
  stale(repository: RepositoryName, tag: Tag, known: TagEntry, cause: Error): CheckedTag {
    const { digest, checkedAtMs } = known;
    this.#ports.events.emit({ type: 'tag-stale', repository, tag, digest, cause });
    const ageMs = checkedAtMs === undefined ? undefined : this.#ports.clock.now() - checkedAtMs;
    return { kind: 'stale', digest, ageMs };
  }

  #ask(repository: RepositoryName, tag: Tag, known: TagEntry | undefined): Promise<Descriptor> {
    // Without a copy to fall back to there is nothing to gain from giving up early.
    const timeoutMs = known === undefined ? undefined : this.#policy.timeoutMs;
    return this.#flights.run(`${repository}:${tag}`, () =>
      this.#ports.upstream.resolve(repository, { kind: 'tag', tag }, timeoutMs),
    ).result;
  }

  #isFresh({ checkedAtMs }: TagEntry): boolean {
    return checkedAtMs !== undefined && isFresh(this.#policy, checkedAtMs, this.#ports.clock.now());
  }

  #isUsable({ checkedAtMs }: TagEntry): boolean {
    const checked = checkedAtMs ?? Number.NEGATIVE_INFINITY;
    return isUsableOnError(this.#policy, checked, this.#ports.clock.now());
  }
}
