import type { PopularityCache } from '../../src/domain/ports/bounded-cache.ts';

/** A cache that keeps everything, and forgets only when it is told to. */
export class MapCache<V> implements PopularityCache<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
  }

  admits(_key: string): boolean {
    return true;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
