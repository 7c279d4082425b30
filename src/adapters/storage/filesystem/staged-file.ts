import { constants } from 'node:fs';
import { StorageFailed } from '../../../domain/errors.ts';
import type { StagedBlob } from '../../../domain/ports/blob-store.ts';
import type { Disk } from './disk.ts';
import { inFolderOf, unlinkIfThere } from './durable.ts';
import { readSome } from './file-blob.ts';
import { orStorageFailed, storageFailed } from './fs-errors.ts';
import { OpenFile } from './open-file.ts';
import { writeAll } from './write-all.ts';

const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** What a staged file needs of its store. */
export interface StagingArea {
  readonly disk: Disk;
  /** Leaves the file to the next that stages its blob. */
  suspend(path: string): Promise<void>;
  /** Moves the file, which is on the disk as a whole, to its place. */
  publish(path: string, size: number): Promise<void>;
  /** The file holds nothing any more, and its staged name is gone. */
  forget(file: StagedFile): void;
}

/** A blob on its way in, in a file of its own. */
export class StagedFile implements StagedBlob {
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #area: StagingArea;
  #length = 0;
  #broken: StorageFailed | undefined;
  #committing: Promise<void> | undefined;
  #discarding: Promise<void> | undefined;
  #suspending: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(path: string, file: OpenFile, area: StagingArea, length: number) {
    this.#path = path;
    this.#file = file;
    this.#area = area;
    this.#length = length;
  }

  static async create(path: string, area: StagingArea): Promise<StagedFile> {
    const file = await inFolderOf(area.disk, path, () => OpenFile.open(path, NEW));
    return new StagedFile(path, file, area, 0);
  }

  /** Goes on with a file that is there. */
  static async reopen(path: string, area: StagingArea): Promise<StagedFile> {
    const file = await OpenFile.open(path, constants.O_RDWR);
    const { size } = await file.stat();
    return new StagedFile(path, file, area, size);
  }

  get length(): number {
    return this.#length;
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    this.#mustBeStaged();
    if (this.#committing !== undefined) throw new StorageFailed('the blob is committed already');
    try {
      this.#length += await writeAll(this.#file, pieces, this.#length);
    } catch (cause) {
      this.#broken = storageFailed('the blob could not be stored', cause);
      throw this.#broken;
    }
  }

  async readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    // Beyond the length there may be a part of what is being appended.
    const left = this.#length - position;
    if (left <= 0) throw new StorageFailed('the staged blob is shorter than that');
    return readSome(this.#file, scratch(), left, position);
  }

  commit(): Promise<void> {
    this.#committing ??= orStorageFailed('the blob could not be stored', this.#commit());
    return this.#committing;
  }

  discard(): Promise<void> {
    this.#discarding ??= orStorageFailed('the staged blob could not be removed', this.#discard());
    return this.#discarding;
  }

  suspend(): Promise<void> {
    if (this.#length === 0 || this.#broken !== undefined) return this.discard();
    this.#suspending ??= orStorageFailed('the staged blob could not be kept', this.#suspend());
    return this.#suspending;
  }

  close(): void {
    void this.closed();
  }

  /** Closes it, and waits until nothing of it is left in the staging area. */
  closed(): Promise<void> {
    this.#file.close();
    // A file that cannot be removed now is removed by a later start.
    this.#closing ??= this.discard()
      .catch(() => {})
      .then(() => this.#area.forget(this));
    return this.#closing;
  }

  async #commit(): Promise<void> {
    this.#mustBeStaged();
    await this.#file.sync(this.#area.disk);
    await this.#area.publish(this.#path, this.#length);
  }

  async #discard(): Promise<void> {
    if (!(await this.#isSafe())) await unlinkIfThere(this.#area.disk, this.#path);
  }

  async #suspend(): Promise<void> {
    if (this.#discarding === undefined && !(await this.#isSafe())) {
      await this.#area.suspend(this.#path);
    }
  }

  /** Whether it was committed or suspended. */
  async #isSafe(): Promise<boolean> {
    for (const end of [this.#committing, this.#suspending]) {
      const succeeded = await end?.then(
        () => true,
        () => false,
      );
      if (succeeded === true) return true;
    }
    return false;
  }

  #mustBeStaged(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#discarding !== undefined) throw new StorageFailed('the blob is discarded already');
    if (this.#suspending !== undefined) throw new StorageFailed('the blob is suspended already');
  }
}
