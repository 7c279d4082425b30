/** The contract of `kagami-registry/testing` as suites of uvu. */

import * as contract from '../../src/testing/storage-engine.ts';
import { testSuite } from '../support/suite.ts';

export type { CreateStorage, StorageUnderTest } from '../../src/testing/storage-engine.ts';

export function blobStoreContract(name: string, create: contract.CreateStorage): void {
  testSuite(`${name}: blobs`, (it) => contract.blobStoreContract(it, create));
}

export function recordStoreContract(name: string, create: contract.CreateStorage): void {
  testSuite(`${name}: records`, (it) => contract.recordStoreContract(it, create));
}
