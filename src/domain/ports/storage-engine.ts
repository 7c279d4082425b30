import type { BlobStore } from './blob-store.ts';
import type { Owners } from './owners.ts';
import type { RecordStore } from './record-store.ts';

/** How much room the medium below a storage has, for whatever is on it. */
export interface Capacity {
  readonly totalBytes: number;
  /** What can still be written. */
  readonly freeBytes: number;
}

/** A storage: blobs and records that live and die together. */
export interface StorageEngine {
  readonly blobs: BlobStore;
  readonly records: RecordStore;
  /** Who uses it; undefined for one that belongs to this process alone. */
  readonly owners?: Owners;
  /** Where it is, in words for a person: a path, a bucket. */
  readonly location: string;
  /**
   * Finds out whether it can be used, and prepares it.
   *
   * @throws StorageFailed with a sentence that says what to do
   */
  start(): Promise<void>;
  /** How much there is room for, if that is known; a storage without bounds lacks this. */
  capacity?(): Promise<Capacity | undefined>;
  /** Gives up what it holds. What was not committed is lost to readers. */
  close(): Promise<void>;
}
