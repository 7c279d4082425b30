/**
 * Small named values: links, tags, leases. A key is made of names joined by slashes, by
 * `registry-layout.ts` alone, and its value is at most some KiB.
 *
 * A record that is not there is `undefined` or `false`; every other trouble rejects, with
 * {@link StorageFailed}.
 */
export interface RecordStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Writes the value whole: a reader sees the old one or the new one. Survives a power cut, unless
   * the key is below `LEASES`.
   */
  put(key: string, value: Uint8Array): Promise<void>;
  /** Writes it if there is none; false, and nothing is written, if there is one. */
  putIfAbsent(key: string, value: Uint8Array): Promise<boolean>;
  /** Removes the record; false if there was none. */
  delete(key: string): Promise<boolean>;
  /**
   * The names directly below `key`, each once, in ascending order of their UTF-16 code units;
   * whether it is a record or has further names below it is not told. Nothing for an unknown key.
   */
  children(key: string): Promise<string[]>;
}
