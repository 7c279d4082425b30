import type { S3Storage } from '../../../../src/adapters/storage/s3/s3-storage.ts';
import type { BoundedCache } from '../../../../src/domain/ports/bounded-cache.ts';
import { MapCache } from '../../../support/map-cache.ts';
import { type S3Double, startS3 } from '../../../support/s3/s3-double.ts';
import { type S3StorageOptions, s3StorageOver } from '../../../support/s3/s3-fixture.ts';
import { type DefineTest, testSuite } from '../../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../../support/temp-directory.ts';

/** A double of S3 and a storage in it, during one test. */
export interface Bed {
  readonly s3: S3Double;
  readonly storage: S3Storage;
  /** What the storage knows of blobs. */
  readonly sizes: BoundedCache<number>;
  /** The directory for what is on its way. */
  readonly staging: string;
  readonly warnings: string[];
  /** Another storage over the same bucket; not started, and closed after the test. */
  readonly another: (options?: Partial<S3StorageOptions>) => S3Storage;
}

export function s3Suite(
  name: string,
  define: (it: DefineTest, bed: () => Bed) => void,
  options: Partial<S3StorageOptions> = {},
): void {
  testSuite(name, (it) => {
    let current: { bed: Bed; directory: TempDirectory } | undefined;
    const others: S3Storage[] = [];
    it.beforeEach(async () => {
      const [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
      const warnings: string[] = [];
      const sizes = new MapCache<number>();
      const warn = (message: string): void => void warnings.push(message);
      const own = { staging: directory.path, sizes, warn, ...options };
      const storage = s3StorageOver(s3, own);
      const another = (more: Partial<S3StorageOptions> = {}): S3Storage => {
        const other = s3StorageOver(s3, { ...own, sizes: new MapCache(), ...more });
        others.push(other);
        return other;
      };
      current = {
        bed: { s3, storage, sizes, staging: directory.path, warnings, another },
        directory,
      };
      await storage.start();
      // The last thing that is asked at the start, and behind it.
      while (s3.count('ListMultipartUploads') === 0) await new Promise(setImmediate);
      s3.requests.length = 0;
    });
    it.afterEach(async () => {
      const faults = current?.bed.s3.faults ?? [];
      faults.length = 0;
      await current?.bed.storage.close();
      for (const other of others.splice(0)) await other.close();
      await current?.bed.s3.close();
      await current?.directory.remove();
    });
    define(it, () => {
      if (current === undefined) throw new Error('there is a storage only during a test');
      return current.bed;
    });
  });
}
