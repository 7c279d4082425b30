/**
 * A storage plugin for Kagami: a directory of flat files.
 *
 *     storage:
 *       module:kagami-flat-files:
 *         directory: /srv/images
 *
 * What a storage has to do is said by the doc comments of `StorageEngine`, and held to by the contract
 * of `kagami-registry/testing`: see flat-files.test.js.
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { FlatBlobs } from './flat-blobs.js';
import { FlatRecords } from './flat-records.js';
import { orFailed } from './or-failed.js';

/** One process at a time keeps its images in such a directory. */
class FlatFiles {
  /** @param {string} directory */
  constructor(directory) {
    this.location = directory;
    this.blobs = new FlatBlobs(directory);
    this.records = new FlatRecords(directory);
  }

  /** @returns {Promise<void>} */
  async start() {
    const what = `the directory ${this.location} cannot be used; check that it can be written`;
    await orFailed(what, async () => {
      await mkdir(this.location, { recursive: true });
      await this.blobs.start();
      await this.records.start();
    });
  }

  /** @returns {Promise<void>} */
  async close() {
    await this.blobs.close();
    await this.records.close();
  }
}

const options = z.strictObject({ directory: z.string().min(1) });

/** @type {import('kagami-registry').StoragePlugin<z.infer<typeof options>>} */
export const storage = {
  options,
  create: ({ directory }) => new FlatFiles(resolve(directory)),
};
