import { LRUCache } from 'lru-cache';
import type { BoundedCache } from '../../domain/ports/bounded-cache.ts';

export interface LruBoundedCacheOptions<V> {
  /** How much all values together may take. */
  readonly maxBytes: number;
  /** A value larger than this is not kept; unless told, `maxBytes`. */
  readonly maxEntryBytes?: number;
  /** What a value takes in memory. */
  readonly sizeOf: (value: V) => number;
}

/** Bounded by what its values take in memory, so that many small ones and a few large ones both fit. */
export class LruBoundedCache<V extends object | number | boolean> implements BoundedCache<V> {
  readonly #entries: LRUCache<string, V> | undefined;

  constructor({ maxBytes, maxEntryBytes = maxBytes, sizeOf }: LruBoundedCacheOptions<V>) {
    // lru-cache takes a bound of 0 for none, and a size of 0 for an error.
    if (maxBytes < 1 || maxEntryBytes < 1) return;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxEntryBytes,
      sizeCalculation: (value) => Math.max(1, sizeOf(value)),
    });
  }

  get(key: string): V | undefined {
    return this.#entries?.get(key);
  }

  /** The one that would be the first to go for so many bytes more; undefined where they have room. */
  inTheWayOf(bytes: number): string | undefined {
    if (this.#entries === undefined) return undefined;
    if (this.#entries.calculatedSize + bytes <= this.#entries.maxSize) return undefined;
    const [leastRecent] = this.#entries.rkeys();
    return leastRecent;
  }

  set(key: string, value: V): void {
    this.#entries?.set(key, value);
  }

  delete(key: string): void {
    this.#entries?.delete(key);
  }
}
