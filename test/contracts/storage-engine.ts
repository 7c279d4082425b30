/**
 * What every storage engine does, in sentences: run both contracts on an engine to know that Kagami
 * can keep its content there.
 */
import { blobPresenceContract } from './storage/blob-presence.ts';
import { blobRaceContract } from './storage/blob-races.ts';
import { blobRangeContract } from './storage/blob-ranges.ts';
import { blobReadingContract } from './storage/blob-reading.ts';
import { blobStagingContract } from './storage/blob-staging.ts';
import { blobSuspendingContract } from './storage/blob-suspending.ts';
import { capacityContract } from './storage/capacity.ts';
import type { CreateStorage } from './storage/engine-suite.ts';
import { recordContract } from './storage/records.ts';

export type { CreateStorage, StorageUnderTest } from './storage/engine-suite.ts';

/** `create` is called for each test, and gives an empty storage that is started. */
export function blobStoreContract(name: string, create: CreateStorage): void {
  blobStagingContract(name, create);
  blobSuspendingContract(name, create);
  blobReadingContract(name, create);
  blobRangeContract(name, create);
  blobPresenceContract(name, create);
  blobRaceContract(name, create);
  capacityContract(name, create);
}

/** `create` is called for each test, and gives an empty storage that is started. */
export function recordStoreContract(name: string, create: CreateStorage): void {
  recordContract(name, create);
}
