import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
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

/** An upstream that leaves everything to another; what it does differently is in those that extend it. */
export class DelegatingUpstream implements Upstream {
  readonly #upstream: Upstream;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get location(): string {
    return this.#upstream.location;
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#upstream.resolve(repository, reference, timeoutMs);
  }

  fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#upstream.fetchManifest(repository, digest);
  }

  fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    return this.#upstream.fetchBlob(repository, digest, offset, end);
  }

  statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#upstream.statBlob(repository, digest);
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#upstream.listTags(repository, page);
  }

  listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    return this.#upstream.listReferrers(repository, subject);
  }

  distrust(digest: Digest): boolean {
    return this.#upstream.distrust?.(digest) ?? false;
  }

  probe(): Promise<void> {
    return this.#upstream.probe();
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }
}
