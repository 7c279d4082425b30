import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { type LeasesUnderTest, leasesContract } from '../../../contracts/leases.ts';
import { LeaseProcesses } from '../../../support/lease-processes.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

leasesContract('filesystem', async (): Promise<LeasesUnderTest> => {
  const directory = await tempDirectory();
  const processes = new LeaseProcesses();
  const open = new Set<FilesystemStorage>();
  return {
    process: async () => {
      const storage = new FilesystemStorage({ rootDirectory: directory.path });
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
    seesDeath: true,
    close: async () => {
      for (const storage of open) await storage.close();
      await directory.remove();
    },
  };
});
