import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { type LeasesUnderTest, leasesContract } from '../../../contracts/leases.ts';
import { LeaseProcesses } from '../../../support/lease-processes.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

leasesContract('filesystem', async (): Promise<LeasesUnderTest> => {
  const directory = await tempDirectory();
  const processes = new LeaseProcesses();
  return {
    process: () => processes.over(new FilesystemStorage({ rootDirectory: directory.path })),
    pass: (ms) => processes.pass(ms),
    seesDeath: true,
    close: async () => {
      await processes.close();
      await directory.remove();
    },
  };
});
