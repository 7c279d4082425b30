import { LRUCache } from 'lru-cache';
import type { RequestHead } from '../exchange.ts';
import type { ManifestRoute, Routes } from '../route.ts';
import { readPlainHead } from './plain-head.ts';

/** Longer ones are somebody else's. */
const LONGEST = 4 * 1024;

/** How much of what clients have sent is kept, in characters. */
const KEPT = 2 * 1024 * 1024;

/** A request for a manifest. */
export interface PlainRequest {
  readonly head: RequestHead;
  readonly route: ManifestRoute & { readonly namespace: string | undefined };
}

/**
 * Reads requests for manifests. A client sends the same bytes again and again, as others of its kind
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

  /** Undefined for what is not a plain request for a manifest. */
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
    if (!text.includes('/manifests/')) return undefined;
    const head = readPlainHead(text);
    if (head === undefined) return undefined;
    const route = this.#routes.parseOrRefusal(head.url ?? '');
    return route instanceof Error || route.kind !== 'manifest' ? undefined : { head, route };
  }
}
