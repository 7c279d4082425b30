import { constants } from 'node:fs';
import { StorageFailed } from '../../../../domain/errors.ts';
import type { StagedBlob } from '../../../../domain/ports/blob-store.ts';
import type { Disk } from '../disk.ts';
import { inFolderOf, unlinkIfThere } from '../durable.ts';
import { readSome } from '../file-blob.ts';
import { orStorageFailed, storageFailed } from '../fs-errors.ts';
import { OpenFile } from '../open-file.ts';
import { writeAll } from '../write-all.ts';

const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** What a staged file needs of its surroundings. */
export interface StagedFileHost {
  readonly disk: Disk;
  /** Moves the file, which is on the disk as a whole, to its place. */
  publish(path: string, size: number): Promise<void>;
  /** Leaves the file to whoever stages its blob next. */
  suspend(path: string): Promise<void>;
  /** The file holds nothing any more, and its staged name is gone. */
  forget(file: StagedFile): void;
}

/** A blob on its way in, in a file of its own. What is done to it is done in the order of the calls. */
export class StagedFile implements StagedBlob {
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #host: StagedFileHost;
  #length: number;
  #broken: StorageFailed | undefined;
  #state: 'staged' | 'committed' | 'suspended' | 'discarded' = 'staged';
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #lengthAtSign = -1;

  private constructor(path: string, file: OpenFile, host: StagedFileHost, length: number) {
    this.#path = path;
    this.#file = file;
    this.#host = host;
    this.#length = length;
  }

  static async create(path: string, host: StagedFileHost): Promise<StagedFile> {
    const { disk } = host;
    const file = await inFolderOf(disk, path, () => OpenFile.open(disk, path, NEW));
    return new StagedFile(path, file, host, 0);
  }

  /** Goes on with a file that is there. */
  static async reopen(path: string, host: StagedFileHost): Promise<StagedFile> {
    const file = await OpenFile.open(host.disk, path, constants.O_RDWR);
    try {
      return new StagedFile(path, file, host, (await file.stat()).size);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  append(pieces: readonly Uint8Array[]): Promise<void> {
    return this.#next('the blob could not be stored', () => this.#append(pieces));
  }

  async readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    // Beyond the length there may be a part of what is being appended.
    const left = this.#length - position;
    if (left <= 0) throw new StorageFailed('the staged blob is shorter than that');
    return readSome(this.#file, scratch(), left, position);
  }

  commit(): Promise<void> {
    return this.#next('the blob could not be stored', () => this.#commit());
  }

  discard(): Promise<void> {
    return this.#next('the staged blob could not be removed', () => this.#discard());
  }

  suspend(): Promise<void> {
    return this.#next('the staged blob could not be kept', () => this.#suspend());
  }

  close(): void {
    void this.closed();
  }

  /** Closes it, and waits until nothing is left in the staging folder that was not suspended. */
  closed(): Promise<void> {
    // A file that cannot be removed now is taken, or removed, when its owner is gone.
    this.#closing ??= this.discard()
      .catch(() => {})
      .then(() => {
        this.#file.close();
        this.#host.forget(this);
      });
    return this.#closing;
  }

  /** Shows others that it is not abandoned, if it was not written to since the last time. */
  async giveSign(): Promise<void> {
    const isSilent = this.#length === this.#lengthAtSign;
    this.#lengthAtSign = this.#length;
    if (isSilent && this.#state === 'staged') await this.#file.touch();
  }

  #next(what: string, act: () => Promise<void>): Promise<void> {
    this.#last = orStorageFailed(what, this.#last.then(act, act));
    return this.#last;
  }

  async #append(pieces: readonly Uint8Array[]): Promise<void> {
    this.#mustBeStaged();
    try {
      this.#length += await writeAll(this.#file, pieces, this.#length);
    } catch (cause) {
      this.#broken = storageFailed('the blob could not be stored', cause);
      throw this.#broken;
    }
  }

  async #commit(): Promise<void> {
    if (this.#state === 'committed') return;
    this.#mustBeStaged();
    await this.#file.sync();
    await this.#host.publish(this.#path, this.#length);
    this.#state = 'committed';
  }

  async #discard(): Promise<void> {
    if (this.#state !== 'staged') return;
    this.#state = 'discarded';
    await unlinkIfThere(this.#host.disk, this.#path);
  }

  /** What nothing can be appended to is no use, and on a full disk it only takes room. */
  async #suspend(): Promise<void> {
    if (this.#length === 0 || this.#broken !== undefined) return this.#discard();
    if (this.#state !== 'staged') return;
    await this.#host.suspend(this.#path);
    this.#state = 'suspended';
  }

  #mustBeStaged(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#state !== 'staged') throw new StorageFailed(`the blob is ${this.#state} already`);
  }
}
