import { constants } from 'node:fs';
import type { GrowingBlob } from '../../../../domain/ports/blob-store.ts';
import type { Disk } from '../disk.ts';
import { readSome } from '../file-blob.ts';
import { orStorageFailed } from '../fs-errors.ts';
import { OpenFile } from '../open-file.ts';

const FOR_READING = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * A partial that another process writes. It stays the same file when that process commits it, or
 * when a third one takes it over: both only rename it.
 */
export class GrowingFile implements GrowingBlob {
  readonly #file: OpenFile;
  #length = 0;
  #isThere = true;

  private constructor(file: OpenFile) {
    this.#file = file;
  }

  static async open(disk: Disk, path: string): Promise<GrowingFile> {
    return new GrowingFile(await OpenFile.open(disk, path, FOR_READING));
  }

  get length(): number {
    return this.#length;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  async look(): Promise<void> {
    const { size, nlink } = await orStorageFailed('the blob could not be read', this.#file.stat());
    this.#length = size;
    this.#isThere = nlink > 0;
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    return readSome(this.#file, scratch(), this.#length - position, position);
  }

  close(): void {
    this.#file.close();
  }
}
