import type { RecordStore } from '../../../domain/ports/record-store.ts';

/** Values are copied on their way in and out, so that no caller can change what is stored. */
export class MemoryRecordStore implements RecordStore {
  readonly #records = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | undefined> {
    const value = this.#records.get(key);
    return value && new Uint8Array(value);
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    this.#records.set(key, new Uint8Array(value));
  }

  async putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    if (this.#records.has(key)) return false;
    this.#records.set(key, new Uint8Array(value));
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.#records.delete(key);
  }

  async children(key: string): Promise<string[]> {
    const names = new Set<string>();
    for (const other of this.#records.keys()) {
      if (other.startsWith(`${key}/`)) names.add(nameBelow(key, other));
    }
    return [...names].sort();
  }
}

/** The first name of `key` after that of the folder it is in. */
function nameBelow(folder: string, key: string): string {
  const start = folder.length + 1;
  const end = key.indexOf('/', start);
  return key.slice(start, end === -1 ? undefined : end);
}
