import { RawConnection } from './raw-connection.ts';

export interface Served {
  readonly startedAt: number;
  /** On the clock of `performance.now`, of the client that was the last to get it. */
  readonly firstByteAt: number;
  readonly lastByteAt: number;
}

/** One client for each of the URLs, all at once. */
export class Crowd {
  readonly #urls: readonly string[];
  readonly #clients: readonly RawConnection[];

  private constructor(urls: readonly string[], clients: readonly RawConnection[]) {
    this.#urls = urls;
    this.#clients = clients;
  }

  /** They are connected before any of them asks. */
  static async gather(urls: readonly string[], signal: AbortSignal): Promise<Crowd> {
    const clients = await Promise.all(urls.map((url) => RawConnection.open(url, signal)));
    return new Crowd(urls, clients);
  }

  async download(): Promise<Served> {
    const startedAt = performance.now();
    try {
      const arrived = await Promise.all(
        this.#clients.map((client, at) => client.get(this.#urls[at] ?? '')),
      );
      return {
        startedAt,
        firstByteAt: Math.max(...arrived.map(({ firstByteAt }) => firstByteAt)),
        lastByteAt: Math.max(...arrived.map(({ lastByteAt }) => lastByteAt)),
      };
    } finally {
      for (const client of this.#clients) client.close();
    }
  }
}

/** How long after the upstream's first byte the last client had its own. */
export function firstByteLag({ firstByteAt }: Served, upstream: { firstByteAt: number }): number {
  return performance.timeOrigin + firstByteAt - upstream.firstByteAt;
}
