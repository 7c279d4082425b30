import { UpstreamUnreachable } from '../errors.ts';
import type { Upstream } from '../ports/upstream.ts';

/** Stands in for an upstream that must not be contacted: every question goes unanswered. */
export class OfflineUpstream implements Upstream {
  readonly location: string;

  /** @param location of the upstream that is not asked */
  constructor(location: string) {
    this.location = `${location} (offline)`;
  }

  resolve(): Promise<never> {
    return this.#refuse();
  }

  fetchManifest(): Promise<never> {
    return this.#refuse();
  }

  fetchBlob(): Promise<never> {
    return this.#refuse();
  }

  statBlob(): Promise<never> {
    return this.#refuse();
  }

  listTags(): Promise<never> {
    return this.#refuse();
  }

  listReferrers(): Promise<never> {
    return this.#refuse();
  }

  /** There is nobody to find out about. */
  probe(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #refuse(): Promise<never> {
    return Promise.reject(
      new UpstreamUnreachable('the mirror is offline (proxy.offline), and does not hold this'),
    );
  }
}
