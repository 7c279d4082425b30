import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest, resolveRange } from 'kagami-registry';
import { FlatBlob } from './flat-blob.js';
import { orFailed, unlessAbsent } from './or-failed.js';
import { StagedFile } from './staged-file.js';

/**
 * Blobs, each in a file named after its digest; those on their way in are called `staged-`, those
 * that wait to be gone on with `suspended-`, and those that turned out to be damaged `damaged-`.
 *
 * @implements {BlobStore}
 * @typedef {import('kagami-registry').BlobStore} BlobStore
 * @typedef {import('kagami-registry').Digest} Digest
 */
export class FlatBlobs {
  #directory;
  /** @type {Set<Promise<void>>} */
  #removals = new Set();

  /** @param {string} directory */
  constructor(directory) {
    this.#directory = directory;
  }

  /** What was staged when the process died is of no use: nobody knows how much of it is on disk. */
  async start() {
    const names = await readdir(this.#directory);
    const staged = names.filter((name) => name.startsWith('staged-'));
    await Promise.all(staged.map((name) => rm(join(this.#directory, name), { force: true })));
  }

  async close() {
    await Promise.all(this.#removals);
  }

  /** @param {Digest} digest */
  stat(digest) {
    return orFailed(`${digest} could not be looked at`, async () => {
      const found = await unlessAbsent(() => stat(this.#path(digest)), undefined);
      return found?.size;
    });
  }

  /** @param {Digest} digest @param {import('kagami-registry').ByteRange} [range] */
  async open(digest, range) {
    const file = await orFailed(`${digest} could not be opened`, () =>
      unlessAbsent(() => open(this.#path(digest)), undefined),
    );
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      return new FlatBlob(file, size, range && resolveRange(range, size));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** @param {Digest} digest */
  stage(digest) {
    return orFailed(`${digest} could not be staged`, async () => {
      const path = join(this.#directory, `staged-${randomUUID()}`);
      const suspended = this.#path(digest, 'suspended-');
      // Of several that want to go on with it, only one can rename it.
      await unlessAbsent(() => rename(suspended, path), undefined);
      const file = await open(path, 'a+');
      const { size } = await file.stat();
      return new StagedFile(file, size, {
        current: path,
        committed: this.#path(digest),
        suspended,
        onRemoval: (removal) => this.#waitFor(removal),
      });
    });
  }

  /** @param {Digest} digest */
  delete(digest) {
    const remove = () => unlink(this.#path(digest)).then(() => true);
    return orFailed(`${digest} could not be deleted`, () => unlessAbsent(remove, false));
  }

  /** @param {Digest} digest */
  setAside(digest) {
    const [path, aside] = [this.#path(digest), this.#path(digest, 'damaged-')];
    const move = () => rename(path, aside).then(() => true);
    return orFailed(`${digest} could not be set aside`, () => unlessAbsent(move, false));
  }

  async *list() {
    const names = await orFailed('the blobs could not be listed', () => readdir(this.#directory));
    for (const name of names) {
      const digest = name.replace('-', ':');
      if (!isDigest(digest)) continue;
      const size = await this.stat(digest);
      if (size !== undefined) yield { digest, size };
    }
  }

  /** @param {Digest} digest */
  #path(digest, prefix = '') {
    return join(this.#directory, prefix + digest.replace(':', '-'));
  }

  /** @param {Promise<void>} removal */
  #waitFor(removal) {
    const settled = removal.catch(() => {}).finally(() => this.#removals.delete(settled));
    this.#removals.add(settled);
  }
}
