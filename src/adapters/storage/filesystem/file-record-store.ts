import { dirname } from 'node:path';
import type { RecordStore } from '../../../domain/ports/record-store.ts';
import { LEASES } from '../../../domain/registry-layout.ts';
import { createIfAbsent } from './create-if-absent.ts';
import { type Disk, withoutSyncing } from './disk.ts';
import { moveInto, pruneFolders, unlinkIfThere } from './durable.ts';
import { orStorageFailed } from './fs-errors.ts';
import { namesIn, statIfThere } from './present.ts';
import type { RootFolder } from './root-folder.ts';
import { readSmallFile, writeNewFile } from './small-file.ts';

export class FileRecordStore implements RecordStore {
  readonly #root: RootFolder;
  readonly #disk: Disk;
  /** For what is of no use after a power cut. */
  readonly #hasty: Disk;

  constructor(root: RootFolder, disk: Disk) {
    this.#root = root;
    this.#disk = disk;
    this.#hasty = withoutSyncing(disk);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return orStorageFailed('the record could not be read', this.#get(key));
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return orStorageFailed('the record could not be written', this.#put(key, value));
  }

  putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    return orStorageFailed('the record could not be written', this.#putIfAbsent(key, value));
  }

  delete(key: string): Promise<boolean> {
    return orStorageFailed('the record could not be removed', this.#delete(key));
  }

  children(key: string): Promise<string[]> {
    return orStorageFailed('the records could not be listed', this.#children(key));
  }

  async #get(key: string): Promise<Uint8Array | undefined> {
    return readSmallFile(this.#disk, this.#root.pathOf(key));
  }

  async #put(key: string, value: Uint8Array): Promise<void> {
    const path = this.#root.pathOf(key);
    const disk = this.#diskFor(key);
    await this.#viaStaging(disk, value, (staged) => moveInto(disk, staged, path));
  }

  async #putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    const path = this.#root.pathOf(key);
    if ((await statIfThere(path)) !== undefined) return false;
    const disk = this.#diskFor(key);
    return this.#viaStaging(disk, value, async (staged) => {
      const isNew = await createIfAbsent(disk, staged, path, value);
      await unlinkIfThere(disk, staged).catch(() => {});
      return isNew;
    });
  }

  async #delete(key: string): Promise<boolean> {
    const path = this.#root.pathOf(key);
    const removed = await unlinkIfThere(this.#disk, path);
    // An empty folder would be told as a child. That of a lease is soon wanted again.
    if (removed && !isHasty(key)) await pruneFolders(this.#disk, dirname(path), this.#root.path);
    return removed;
  }

  async #children(key: string): Promise<string[]> {
    return (await namesIn(this.#root.pathOf(key))).sort();
  }

  /** Writes the value to a staged file, which `act` moves or removes; it is gone if that fails. */
  async #viaStaging<T>(
    disk: Disk,
    value: Uint8Array,
    act: (path: string) => Promise<T>,
  ): Promise<T> {
    const staged = this.#root.newStagingPath('record');
    try {
      await writeNewFile(disk, staged, value);
      return await act(staged);
    } catch (error) {
      await unlinkIfThere(disk, staged).catch(() => {});
      throw error;
    }
  }

  #diskFor(key: string): Disk {
    return isHasty(key) ? this.#hasty : this.#disk;
  }
}

function isHasty(key: string): boolean {
  return key.startsWith(`${LEASES}/`);
}
