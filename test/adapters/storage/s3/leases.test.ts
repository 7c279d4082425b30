import type { S3Storage } from '../../../../src/adapters/storage/s3/s3-storage.ts';
import { type LeasesUnderTest, leasesContract } from '../../../contracts/leases.ts';
import { LeaseProcesses } from '../../../support/lease-processes.ts';
import { startS3 } from '../../../support/s3/s3-double.ts';
import { s3StorageOver } from '../../../support/s3/s3-fixture.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

leasesContract('S3', async (): Promise<LeasesUnderTest> => {
  const [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
  const processes = new LeaseProcesses();
  const open = new Set<S3Storage>();
  return {
    process: async () => {
      const storage = s3StorageOver(s3, { staging: directory.path });
      await storage.start();
      open.add(storage);
      const { records, owners } = storage;
      const kill = async (): Promise<void> => {
        open.delete(storage);
        await storage.close();
      };
      return processes.process({ records, owners, kill });
    },
    pass: (ms) => processes.pass(ms),
    seesDeath: false,
    close: async () => {
      for (const storage of open) await storage.close();
      await s3.close();
      await directory.remove();
    },
  };
});
