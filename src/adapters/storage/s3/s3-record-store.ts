import type { RecordStore } from '../../../domain/ports/record-store.ts';
import { Turns } from '../../../domain/pull/turns.ts';
import { readObject } from './read-object.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { attemptsOf, orS3Failed, statusOf } from './s3-errors.ts';

/** A record's body that breaks off is asked for again; that is no retry of the SDK's. */
const READS = 3;

export interface S3RecordOptions {
  readonly bucket: () => Promise<S3Bucket>;
  /** Whether the service keeps `If-None-Match: *`; until it was asked, it is taken to. */
  readonly isConditional: () => boolean;
}

export class S3RecordStore implements RecordStore {
  readonly #options: S3RecordOptions;
  /** S3 does not tell whether a DELETE removed anything, so it is looked at before. */
  readonly #turns = new Turns();

  constructor(options: S3RecordOptions) {
    this.#options = options;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return orS3Failed('the record could not be read', this.#get(key));
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return orS3Failed('the record could not be written', this.#put(key, value));
  }

  putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    const copy = new Uint8Array(value);
    const act = (): Promise<boolean> => this.#putIfAbsent(key, copy);
    return orS3Failed('the record could not be written', this.#turns.run(key, act));
  }

  delete(key: string): Promise<boolean> {
    const act = (): Promise<boolean> => this.#delete(key);
    return orS3Failed('the record could not be removed', this.#turns.run(key, act));
  }

  children(key: string): Promise<string[]> {
    return orS3Failed('the records could not be listed', this.#children(key));
  }

  async #get(key: string): Promise<Uint8Array | undefined> {
    const bucket = await this.#options.bucket();
    for (let read = 1; ; read++) {
      const object = await bucket.get(key);
      if (object === undefined) return undefined;
      try {
        return await readObject(object);
      } catch (error) {
        if (read === READS) throw error;
      }
    }
  }

  async #put(key: string, value: Uint8Array): Promise<void> {
    const copy = new Uint8Array(value); // the caller's buffer may be used again before a retry
    await (await this.#options.bucket()).put(key, copy);
  }

  async #putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    const bucket = await this.#options.bucket();
    if (!this.#options.isConditional()) {
      if ((await bucket.head(key)) !== undefined) return false;
      await bucket.put(key, value);
      return true;
    }
    try {
      await bucket.put(key, value, true);
      return true;
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
      return attemptsOf(error) > 1 && this.#isOurs(key, value);
    }
  }

  /** An attempt whose answer was lost may have written what the next one found. */
  async #isOurs(key: string, value: Uint8Array): Promise<boolean> {
    const found = await this.#get(key);
    return found !== undefined && Buffer.compare(found, value) === 0;
  }

  async #delete(key: string): Promise<boolean> {
    const bucket = await this.#options.bucket();
    if ((await bucket.head(key)) === undefined) return false;
    await bucket.delete(key);
    return true;
  }

  async #children(key: string): Promise<string[]> {
    const bucket = await this.#options.bucket();
    const folder = `${key}/`;
    const names = new Set<string>();
    for await (const { objects, prefixes } of bucket.list(folder, true)) {
      for (const object of objects) names.add(object.key.slice(folder.length));
      for (const prefix of prefixes) names.add(prefix.slice(folder.length, -1));
    }
    names.delete(''); // some tools make an object for the folder itself
    return [...names].sort();
  }
}
