import { MemoryStorage } from '../../../src/adapters/storage/memory/memory-storage.ts';
import {
  blobStoreContract,
  recordStoreContract,
  type StorageUnderTest,
} from '../../contracts/storage-engine.ts';

async function create(): Promise<StorageUnderTest> {
  const engine = new MemoryStorage();
  await engine.start();
  return { engine, close: () => engine.close() };
}

blobStoreContract('memory', create);
recordStoreContract('memory', create);
