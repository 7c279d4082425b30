import { type Disk, SYSTEM_DISK } from '../../../src/adapters/storage/filesystem/disk.ts';
import { FilesystemStorage } from '../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import {
  blobStoreContract,
  type CreateStorage,
  recordStoreContract,
} from '../../contracts/storage-engine.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { systemError } from './filesystem/storage-fixture.ts';

function over(disk: Disk): CreateStorage {
  return async () => {
    const directory = await tempDirectory();
    const engine = new FilesystemStorage({ rootDirectory: directory.path, disk });
    await engine.start();
    const close = async (): Promise<void> => {
      await engine.close();
      await directory.remove();
    };
    return { engine, close };
  };
}

blobStoreContract('filesystem', over(SYSTEM_DISK));
recordStoreContract('filesystem', over(SYSTEM_DISK));
recordStoreContract(
  'filesystem without hard links',
  over({ ...SYSTEM_DISK, link: () => Promise.reject(systemError('EPERM')) }),
);
