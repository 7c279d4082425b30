import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { RegistryError, UpstreamFailure } from '../errors.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../ports/upstream.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';

/**
 * An upstream and mirrors of it. Content by digest is the same wherever it comes from, so the mirrors
 * are asked for it first, in their order; what a tag stands for is the origin's to say, and the
 * mirrors are asked only when it fails. What a mirror has wrong is not asked of the mirrors again.
 */
export class MirroredUpstream implements Upstream {
  readonly #origin: Upstream;
  readonly #mirrors: readonly Upstream[];
  readonly #wrong: BoundedCache<true>;

  /** @param wrong what the mirrors are not asked for, by digest */
  constructor(origin: Upstream, mirrors: readonly Upstream[], wrong: BoundedCache<true>) {
    this.#origin = origin;
    this.#mirrors = mirrors;
    this.#wrong = wrong;
  }

  get location(): string {
    const mirrors = this.#mirrors.map(({ location }) => location).join(', ');
    return `${this.#origin.location} (by way of ${mirrors})`;
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    const ask = (upstream: Upstream): Promise<Descriptor> =>
      upstream.resolve(repository, reference, timeoutMs);
    return reference.kind === 'tag'
      ? this.#originFirst(ask)
      : this.#mirrorsFirst(reference.digest, ask);
  }

  fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#mirrorsFirst(digest, (upstream) => upstream.fetchManifest(repository, digest));
  }

  fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    return this.#mirrorsFirst(digest, (upstream) =>
      upstream.fetchBlob(repository, digest, offset, end),
    );
  }

  statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#mirrorsFirst(digest, (upstream) => upstream.statBlob(repository, digest));
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#originFirst((upstream) => upstream.listTags(repository, page));
  }

  listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    return this.#originFirst((upstream) => upstream.listReferrers(repository, subject));
  }

  distrust(digest: Digest): boolean {
    const isNew = this.#wrong.get(digest) !== true;
    this.#wrong.set(digest, true);
    return isNew;
  }

  /** A mirror that is down is passed over when it is asked; that is no reason to call all unreachable. */
  async probe(): Promise<void> {
    const mirrors = this.#mirrors.map((mirror) => mirror.probe().catch(() => {}));
    await Promise.all([this.#origin.probe(), ...mirrors]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#origin, ...this.#mirrors].map((upstream) => upstream.close()));
  }

  /** A mirror that does not have it, or refuses, is passed over; the origin has the last word. */
  async #mirrorsFirst<T>(digest: Digest, ask: (upstream: Upstream) => Promise<T>): Promise<T> {
    const mirrors = this.#wrong.get(digest) === true ? [] : this.#mirrors;
    for (const mirror of mirrors) {
      try {
        return await ask(mirror);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
      }
    }
    return ask(this.#origin);
  }

  async #originFirst<T>(ask: (upstream: Upstream) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#origin);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      return this.#firstMirror(ask, error);
    }
  }

  async #firstMirror<T>(ask: (upstream: Upstream) => Promise<T>, failure: unknown): Promise<T> {
    for (const mirror of this.#mirrors) {
      try {
        return await ask(mirror);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
      }
    }
    throw failure;
  }
}
