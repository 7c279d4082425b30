/** Values that may be forgotten at any time, the least recently used first. */
export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
}

/** One that keeps what is asked for most. */
export interface PopularityCache<V> extends BoundedCache<V> {
  /**
   * Whether a value of so many bytes, which somebody asks for just now, would be kept: to be asked
   * before it is made.
   */
  admits(key: string, bytes: number): boolean;
}
