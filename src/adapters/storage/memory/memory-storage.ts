import type { BlobStore } from '../../../domain/ports/blob-store.ts';
import type { RecordStore } from '../../../domain/ports/record-store.ts';
import type { StorageEngine } from '../../../domain/ports/storage-engine.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** Keeps everything in this process's memory, without a bound, until the process ends. */
export class MemoryStorage implements StorageEngine {
  readonly blobs: BlobStore;
  readonly records: RecordStore = new MemoryRecordStore();
  readonly location = 'memory';

  /** @param now the time in milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.blobs = new MemoryBlobStore(now);
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {}
}
