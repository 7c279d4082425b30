import { FilesystemStorage } from '../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import {
  blobStoreContract,
  recordStoreContract,
  type StorageUnderTest,
} from '../../contracts/storage-engine.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

async function create(): Promise<StorageUnderTest> {
  const directory = await tempDirectory();
  const engine = new FilesystemStorage({ rootDirectory: directory.path });
  await engine.start();
  const close = async (): Promise<void> => {
    await engine.close();
    await directory.remove();
  };
  return { engine, close };
}

blobStoreContract('filesystem', create);
recordStoreContract('filesystem', create);
