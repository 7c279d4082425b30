import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disk, SYSTEM_DISK } from '../../../../src/adapters/storage/filesystem/disk.ts';
import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import type { Digest } from '../../../../src/domain/digest.ts';
import { blobKey } from '../../../../src/domain/registry-layout.ts';
import { type DefineTest, testSuite } from '../../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../../support/temp-directory.ts';

/** A storage in a new directory, during one test. */
export interface Fixture {
  /** The storage's root directory. */
  readonly root: string;
  readonly storage: FilesystemStorage;
  readonly blobPath: (digest: Digest) => string;
  /** What is in the folder of unfinished files. */
  readonly staged: () => Promise<string[]>;
  /**
   * Another storage over the same directory, as another process would have, with other calls. It
   * is closed after the test.
   */
  readonly another: (disk?: Partial<Disk>) => FilesystemStorage;
}

export function filesystemSuite(
  name: string,
  define: (it: DefineTest, fixture: () => Fixture) => void,
): void {
  testSuite(name, (it) => {
    let current: { fixture: Fixture; directory: TempDirectory } | undefined;
    const others: FilesystemStorage[] = [];
    it.beforeEach(async () => {
      const directory = await tempDirectory();
      current = { fixture: await fixtureIn(directory.path, others), directory };
    });
    it.afterEach(async () => {
      await current?.fixture.storage.close();
      for (const other of others.splice(0)) await other.close();
      await current?.directory.remove();
    });
    define(it, () => {
      if (current === undefined) throw new Error('there is a storage only during a test');
      return current.fixture;
    });
  });
}

async function fixtureIn(root: string, others: FilesystemStorage[]): Promise<Fixture> {
  const storage = new FilesystemStorage({ rootDirectory: root });
  await storage.start();
  return {
    root,
    storage,
    blobPath: (digest) => join(root, blobKey(digest)),
    staged: () => readdir(join(root, 'kagami/staging')),
    another: (disk = {}) => {
      const other = new FilesystemStorage({
        rootDirectory: root,
        disk: { ...SYSTEM_DISK, ...disk },
      });
      others.push(other);
      return other;
    },
  };
}

/** What the system throws; only its code matters. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the system says it`), { code });
}
