import {
  blobStoreContract,
  recordStoreContract,
  type StorageUnderTest,
} from '../../contracts/storage-engine.ts';
import { startS3 } from '../../support/s3/s3-double.ts';
import { s3StorageOver } from '../../support/s3/s3-fixture.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

async function create(): Promise<StorageUnderTest> {
  const [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
  s3.settings.pageSize = 7;
  const engine = s3StorageOver(s3, { staging: directory.path, prefix: 'some/prefix' });
  await engine.start();
  const close = async (): Promise<void> => {
    await engine.close();
    await s3.close();
    await directory.remove();
  };
  return { engine, close };
}

blobStoreContract('S3', create);
recordStoreContract('S3', create);
