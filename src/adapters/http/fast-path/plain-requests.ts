import { LRUCache } from 'lru-cache';
import type { RequestHead } from '../exchange.ts';
import type { Route, Routes } from '../route.ts';
import { readPlainHead } from './plain-head.ts';

/** Longer ones are somebody else's. */
const LONGEST = 4 * 1024;

/** How much of what clients have sent is kept, in characters. */
const KEPT = 2 * 1024 * 1024;

export type PlainRoute = Extract<Route, { readonly kind: 'manifest' | 'blob' }>;

/** A request for a manifest, or for a blob as a whole. */
export interface PlainRequest {
  readonly head: RequestHead;
  readonly route: PlainRoute;
}

/** What a client says of the parts that it wants, or of those that it has. */
const ASKS_FOR_LESS = ['range', 'if-range', 'if-none-match'];

/**
 * Reads plain requests for content. A client sends the same bytes again and again, as others of its kind
 * do: what they mean is found out once.
 */
export class PlainRequests {
  readonly #routes: Routes;
  readonly #longest: number;
  readonly #known = new LRUCache<string, PlainRequest>({
    maxSize: KEPT,
    sizeCalculation: (_, text) => text.length,
  });

  /** @param longest what the server takes at most, in bytes */
  constructor(routes: Routes, longest: number) {
    this.#routes = routes;
    this.#longest = Math.min(longest, LONGEST);
  }

  /** Undefined for what is not one. */
  read(chunk: Buffer): PlainRequest | undefined {
    if (chunk.length > this.#longest) return undefined;
    const text = chunk.toString('latin1');
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const request = this.#parse(text);
    // No secret is kept for longer than its request takes.
    const isKept = request !== undefined && request.head.headers.authorization === undefined;
    if (isKept) this.#known.set(text, request);
    return request;
  }

  #parse(text: string): PlainRequest | undefined {
    const head = readPlainHead(text);
    if (head === undefined) return undefined;
    const route = this.#routes.parseOrRefusal(head.url ?? '');
    if (route instanceof Error) return undefined;
    if (route.kind === 'manifest') return { head, route };
    return route.kind === 'blob' && asksForAll(head) ? { head, route } : undefined;
  }
}

function asksForAll({ method, headers }: RequestHead): boolean {
  return method === 'GET' && !ASKS_FOR_LESS.some((name) => name in headers);
}
