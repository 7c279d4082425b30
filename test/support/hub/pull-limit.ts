import type { OutgoingHttpHeaders } from 'node:http';
import type { HubSettings } from './settings.ts';

const WINDOW_SECONDS = 21_600;

/**
 * Docker Hub's pull allowance: manifest GETs count, HEADs and blobs do not.
 * https://docs.docker.com/docker-hub/usage/pulls/
 */
export class PullLimit {
  readonly #settings: HubSettings;
  readonly #used = new Map<string, number>();

  constructor(settings: HubSettings) {
    this.#settings = settings;
  }

  /** Counts one pull; false if the allowance of `source` (address or account) is used up. */
  take(source: string): boolean {
    const { rateLimit } = this.#settings;
    const used = this.#used.get(source) ?? 0;
    if (rateLimit !== undefined && used >= rateLimit) return false;
    this.#used.set(source, used + 1);
    return true;
  }

  /** Absent for unlimited accounts, as on the real Hub. */
  headers(source: string): OutgoingHttpHeaders {
    const { rateLimit } = this.#settings;
    if (rateLimit === undefined) return {};
    const remaining = Math.max(0, rateLimit - (this.#used.get(source) ?? 0));
    return {
      'ratelimit-limit': `${rateLimit};w=${WINDOW_SECONDS}`,
      'ratelimit-remaining': `${remaining};w=${WINDOW_SECONDS}`,
      'docker-ratelimit-source': source,
    };
  }

  /** A new window begins. */
  reset(): void {
    this.#used.clear();
  }
}
