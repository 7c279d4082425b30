import type { IncomingHttpHeaders } from 'node:http';

export type ServerName = 'registry' | 'auth' | 'cdn';

/** `challenge` is any request to the registry that it refused for want of a sufficient token. */
export type ArrivalKind =
  | 'challenge'
  | 'token'
  | 'manifest-head'
  | 'manifest-get'
  | 'blob-head'
  | 'blob-get'
  | 'cdn-get'
  | 'tags'
  | 'referrers'
  | 'other';

/** One request that reached the double; `status` and `bytesSent` grow while it is answered. */
export interface Arrival {
  server: ServerName;
  kind: ArrivalKind;
  method: string;
  /** Path and query as they arrived. */
  path: string;
  repository: string | undefined;
  /** Tag or digest; on the CDN the digest. */
  reference: string | undefined;
  range: string | undefined;
  headers: IncomingHttpHeaders;
  /** 0 until headers were sent. */
  status: number;
  /** Bytes of the body written, at the client's speed but for what the socket buffers. */
  bytesSent: number;
  /** When the first byte of the body was written, in ms since 1970; `undefined` until then. */
  firstByteAt: number | undefined;
  /** True once the answer is over, in full or not. */
  ended: boolean;
}

interface Waiter {
  reached: () => boolean;
  resolve: () => void;
}

/** The double's visitors' book: tests prove coalescing and caching by counting in it. */
export class Arrivals {
  #all: Arrival[] = [];
  #waiters: Waiter[] = [];

  record(arrival: Arrival): void {
    this.#all.push(arrival);
    const due = this.#waiters.filter((waiter) => waiter.reached());
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const waiter of due) waiter.resolve();
  }

  all(): Arrival[] {
    return [...this.#all];
  }

  of(kind: ArrivalKind): Arrival[] {
    return this.#all.filter((arrival) => arrival.kind === kind);
  }

  count(kind: ArrivalKind): number {
    return this.of(kind).length;
  }

  bytes(kind: ArrivalKind): number {
    return this.of(kind).reduce((sum, arrival) => sum + arrival.bytesSent, 0);
  }

  /** Counts by kind, without the kinds that did not arrive. */
  summary(): Partial<Record<ArrivalKind, number>> {
    const counts: Partial<Record<ArrivalKind, number>> = {};
    for (const { kind } of this.#all) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Resolves when `count` requests of this kind have arrived (at once if they have). */
  async reached(kind: ArrivalKind, count = 1): Promise<void> {
    const reached = (): boolean => this.count(kind) >= count;
    if (reached()) return;
    await new Promise<void>((resolve) => {
      this.#waiters.push({ reached, resolve });
    });
  }

  clear(): void {
    this.#all = [];
  }
}
