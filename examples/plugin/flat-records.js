import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orFailed, unlessAbsent } from './or-failed.js';

/**
 * Small named values: in memory, and in one file to which each change appends a line. What was put
 * last counts.
 *
 * @implements {RecordStore}
 * @typedef {import('kagami-registry').RecordStore} RecordStore
 */
export class FlatRecords {
  /** @type {Map<string, string>} */
  #values = new Map();
  #path;
  /** @type {import('node:fs/promises').FileHandle | undefined} */
  #file;

  /** @param {string} directory */
  constructor(directory) {
    this.#path = join(directory, 'records.jsonl');
  }

  async start() {
    const lines = await unlessAbsent(() => readFile(this.#path, 'utf8'), '');
    // After the last line's end there may be a part of one, which a crash cut off.
    for (const line of lines.split('\n').slice(0, -1)) this.#replay(line);
    this.#file = await open(this.#path, 'a');
    if (lines !== '' && !lines.endsWith('\n')) await this.#file.appendFile('\n');
  }

  async close() {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** @param {string} key */
  async get(key) {
    const value = this.#values.get(key);
    return value === undefined ? undefined : Buffer.from(value, 'base64');
  }

  /** @param {string} key @param {Uint8Array} value */
  async put(key, value) {
    const text = Buffer.from(value).toString('base64');
    this.#values.set(key, text);
    await this.#append({ key, value: text });
  }

  /** @param {string} key @param {Uint8Array} value */
  async putIfAbsent(key, value) {
    if (this.#values.has(key)) return false;
    await this.put(key, value);
    return true;
  }

  /** @param {string} key */
  async delete(key) {
    if (!this.#values.delete(key)) return false;
    await this.#append({ key });
    return true;
  }

  /** @param {string} key */
  async children(key) {
    const names = [...this.#values.keys()]
      .filter((each) => each.startsWith(`${key}/`))
      .map((each) => each.slice(key.length + 1).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  /** @param {{ key: string, value?: string }} change */
  async #append(change) {
    await orFailed('a record could not be written', async () => {
      await this.#file?.appendFile(`${JSON.stringify(change)}\n`);
      await this.#file?.datasync();
    });
  }

  /** @param {string} line */
  #replay(line) {
    try {
      const { key, value } = JSON.parse(line);
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    } catch {
      // A line that a crash cut off; what it said had not been promised to anybody.
    }
  }
}
