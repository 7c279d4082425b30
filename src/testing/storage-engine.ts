/**
 * What every storage engine does, in sentences: run the contract on an engine to know that Kagami
 * can keep its content there.
 */
import type { DefineTest } from './define-test.ts';
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

/** Defines the tests of a whole storage engine; `create` is called for each of them. */
export function storageEngineContract(test: DefineTest, create: CreateStorage): void {
  blobStoreContract(test, create);
  recordStoreContract(test, create);
}

/** The part of it that is about blobs. */
export function blobStoreContract(test: DefineTest, create: CreateStorage): void {
  blobStagingContract(test, create);
  blobSuspendingContract(test, create);
  blobReadingContract(test, create);
  blobRangeContract(test, create);
  blobPresenceContract(test, create);
  blobRaceContract(test, create);
  capacityContract(test, create);
}

/** The part of it that is about records. */
export function recordStoreContract(test: DefineTest, create: CreateStorage): void {
  recordContract(test, create);
}
