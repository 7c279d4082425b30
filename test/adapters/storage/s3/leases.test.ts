import { type LeasesUnderTest, leasesContract } from '../../../contracts/leases.ts';
import { LeaseProcesses } from '../../../support/lease-processes.ts';
import { startS3 } from '../../../support/s3/s3-double.ts';
import { s3StorageOver } from '../../../support/s3/s3-fixture.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

leasesContract('S3', async (): Promise<LeasesUnderTest> => {
  const [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
  const processes = new LeaseProcesses();
  return {
    process: () => processes.over(s3StorageOver(s3, { staging: directory.path })),
    pass: (ms) => processes.pass(ms),
    seesDeath: false,
    close: async () => {
      await processes.close();
      await s3.close();
      await directory.remove();
    },
  };
});
