import type { Digest } from '../digest.ts';
import { ManifestUnknown, NameUnknown, UpstreamFailure } from '../errors.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Upstream } from '../ports/upstream.ts';
import { fallbackTag, type Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { PullManifest } from './pull-manifest.ts';

export interface ListReferrersPorts {
  readonly upstream: Upstream;
  readonly pullManifest: PullManifest;
  /** The last answers, by `repository@digest`, for when the upstream cannot be asked. */
  readonly latest: BoundedCache<readonly Referrer[]>;
}

/**
 * What refers to a manifest: by the upstream's referrers API, or where it has none by the tag that
 * stands in for it
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#unavailable-referrers-api).
 */
export class ListReferrers {
  readonly #ports: ListReferrersPorts;

  constructor(ports: ListReferrersPorts) {
    this.#ports = ports;
  }

  async list(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const key = `${repository}@${subject}`;
    try {
      const referrers = await this.#ask(repository, subject);
      this.#ports.latest.set(key, referrers);
      return referrers;
    } catch (error) {
      const latest = this.#ports.latest.get(key);
      if (latest === undefined || !(error instanceof UpstreamFailure)) throw error;
      return latest;
    }
  }

  async #ask(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const listed = await this.#ports.upstream.listReferrers(repository, subject);
    return listed ?? this.#byFallbackTag(repository, subject);
  }

  async #byFallbackTag(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const reference = { kind: 'tag', tag: fallbackTag(subject) } as const;
    try {
      const { manifest } = await this.#ports.pullManifest.get(repository, reference);
      return manifest.children;
    } catch (error) {
      // A subject without referrers, known or not, has none: that is no error.
      if (error instanceof ManifestUnknown || error instanceof NameUnknown) return [];
      throw error;
    }
  }
}
