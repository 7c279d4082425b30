import type { PopularityCache } from '../../domain/ports/bounded-cache.ts';
import { LruBoundedCache } from './lru-bounded-cache.ts';

/** After so many questions all counts are halved, so that what was popular once does not stay for ever. */
const HALVED_AFTER = 20_000;

/** How much more popular a newcomer has to be: or those that are as popular would oust each other. */
const MARGIN = 1;

/**
 * Bounded by what its values take in memory. When it is full, a newcomer gets in if it is asked for
 * more often than the one that would make room, as in TinyLFU (https://arxiv.org/abs/1512.00727). The
 * least recently used alone would be of no use where more is asked for, in turn, than there is room for.
 */
export class LruPopularityCache implements PopularityCache<Uint8Array> {
  readonly #values: LruBoundedCache<Uint8Array>;
  readonly #maxEntryBytes: number;
  /** How often each was asked for; of what is here, and of what might be. */
  #asked = new Map<string, number>();
  #asks = 0;

  /**
   * @param maxBytes of all values together
   * @param maxEntryBytes of one of them
   */
  constructor(maxBytes: number, maxEntryBytes: number) {
    const bounds = { maxBytes, maxEntryBytes };
    this.#values = new LruBoundedCache({ ...bounds, sizeOf: ({ byteLength }) => byteLength });
    this.#maxEntryBytes = maxEntryBytes;
  }

  get(key: string): Uint8Array | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#count(key);
    return value;
  }

  admits(key: string, bytes: number): boolean {
    const asked = this.#count(key);
    if (bytes > this.#maxEntryBytes) return false;
    const other = this.#values.inTheWayOf(bytes);
    return other === undefined || asked > (this.#asked.get(other) ?? 0) + MARGIN;
  }

  set(key: string, value: Uint8Array): void {
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  #count(key: string): number {
    const asked = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, asked);
    this.#asks++;
    if (this.#asks >= HALVED_AFTER) this.#halve();
    return asked;
  }

  #halve(): void {
    this.#asks = 0;
    const halves = [...this.#asked].map(([key, asked]) => [key, asked >> 1] as const);
    this.#asked = new Map(halves.filter(([, asked]) => asked > 0));
  }
}
