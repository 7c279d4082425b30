import { StorageFailed } from 'kagami-registry';
import { orFailed } from './or-failed.js';

const NOTHING = new Uint8Array(0);

/**
 * A blob that is open for reading.
 *
 * @implements {OpenBlob}
 * @typedef {import('kagami-registry').OpenBlob} OpenBlob
 * @typedef {import('kagami-registry').ResolvedRange} ResolvedRange
 */
export class FlatBlob {
  #file;
  #position;
  #end;
  #closed = false;

  /**
   * @param {import('node:fs/promises').FileHandle} file
   * @param {number} size
   * @param {ResolvedRange | undefined} range
   */
  constructor(file, size, range) {
    this.size = size;
    this.range = range;
    this.#file = file;
    this.#position = range?.first ?? 0;
    this.#end = range === undefined ? size : range.last + 1;
  }

  /** @param {() => Uint8Array} scratch */
  async read(scratch) {
    if (this.#position === this.#end) return NOTHING;
    const bytes = await readInto(this.#file, scratch(), this.#position, this.#end);
    this.#position += bytes.byteLength;
    return bytes;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    // A file that was only read has nothing to lose when closing fails.
    this.#file.close().catch(() => {});
  }
}

/**
 * Bytes from `position` on, up to `end` at most, in as much of `scratch` as they need.
 *
 * @param {import('node:fs/promises').FileHandle} file
 * @param {Uint8Array} scratch
 * @param {number} position
 * @param {number} end
 */
export function readInto(file, scratch, position, end) {
  return orFailed('a blob could not be read', async () => {
    const length = Math.min(scratch.byteLength, end - position);
    const { bytesRead } = await file.read(scratch, 0, length, position);
    if (bytesRead === 0) throw new StorageFailed('a blob is shorter than it was');
    return scratch.subarray(0, bytesRead);
  });
}
