import { link, rename, unlink } from 'node:fs/promises';
import { StorageFailed } from 'kagami-registry';
import { readInto } from './flat-blob.js';
import { orFailed } from './or-failed.js';

/**
 * A blob on its way in.
 *
 * @implements {StagedBlob}
 * @typedef {import('kagami-registry').StagedBlob} StagedBlob
 *
 * @typedef {object} Places
 * @property {string} current
 * @property {string} committed
 * @property {string} suspended
 * @property {(removal: Promise<void>) => void} onRemoval
 */
export class StagedFile {
  #file;
  #length;
  #places;
  /** @type {'staged' | 'committed' | 'suspended' | 'discarded'} */
  #state = 'staged';
  #isBroken = false;
  #closed = false;
  /** What is done one after another. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {import('node:fs/promises').FileHandle} file
   * @param {number} length
   * @param {Places} places
   */
  constructor(file, length, places) {
    this.#file = file;
    this.#length = length;
    this.#places = places;
  }

  get length() {
    return this.#length;
  }

  /** @param {readonly Uint8Array[]} pieces */
  append(pieces) {
    return this.#inTurn('appended to', async () => {
      this.#require('staged');
      const bytes = Buffer.concat(pieces);
      // What a failed write leaves at the end of the file is in nobody's way.
      this.#isBroken = true;
      await this.#file.appendFile(bytes);
      this.#isBroken = false;
      this.#length += bytes.byteLength;
    });
  }

  /** @param {number} position @param {() => Uint8Array} scratch */
  async readAt(position, scratch) {
    if (position >= this.#length) throw new StorageFailed('the staged blob is shorter than that');
    return readInto(this.#file, scratch(), position, this.#length);
  }

  commit() {
    return this.#inTurn('committed', async () => {
      if (this.#state === 'committed') return;
      this.#require('staged');
      await this.#file.sync();
      await this.#publish();
      this.#state = 'committed';
      await unlink(this.#places.current);
    });
  }

  discard() {
    return this.#inTurn('discarded', async () => {
      if (this.#state !== 'staged') return;
      this.#state = 'discarded';
      await unlink(this.#places.current);
    });
  }

  suspend() {
    return this.#inTurn('suspended', async () => {
      if (this.#state !== 'staged') return;
      this.#state = 'suspended';
      if (this.#length === 0 || this.#isBroken) await unlink(this.#places.current);
      else await rename(this.#places.current, this.#places.suspended);
    });
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#places.onRemoval(this.discard().finally(() => this.#file.close()));
  }

  /** A link appears at once, and never in the place of a blob that is there. */
  async #publish() {
    try {
      await link(this.#places.current, this.#places.committed);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
  }

  /** @param {string} state */
  #require(state) {
    if (this.#isBroken) throw new StorageFailed('the blob could not be written before');
    if (this.#state !== state) throw new StorageFailed(`the blob is ${this.#state} already`);
  }

  /** @param {string} what @param {() => Promise<void>} act */
  #inTurn(what, act) {
    const turn = this.#last.then(() => orFailed(`the staged blob could not be ${what}`, act));
    this.#last = turn.catch(() => {});
    return turn;
  }
}
