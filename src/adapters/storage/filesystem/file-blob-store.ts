import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { ByteRange } from '../../../domain/byte-range.ts';
import type { Digest } from '../../../domain/digest.ts';
import type {
  BlobFile,
  BlobStore,
  GrowingBlob,
  OpenBlob,
  StagedBlob,
  StoredBlob,
} from '../../../domain/ports/blob-store.ts';
import { blobKey } from '../../../domain/registry-layout.ts';
import { blobsBelow } from './blob-folders.ts';
import { blobSize } from './blob-size.ts';
import type { Disk } from './disk.ts';
import { pruneFolders, unlinkIfThere } from './durable.ts';
import { FileBlob } from './file-blob.ts';
import { isAbsence, orStorageFailed, storageFailed } from './fs-errors.ts';
import { OpenFile } from './open-file.ts';
import { statIfThere } from './present.ts';
import { Quarantine } from './quarantine.ts';
import type { RootFolder } from './root-folder.ts';
import type { Presence } from './staging/presence.ts';
import { StagingArea } from './staging/staging-area.ts';

/** Without O_NONBLOCK, to open a named pipe that lies at a blob's place would never end. */
const FOR_READING = constants.O_RDONLY | constants.O_NONBLOCK;

const UNREADABLE = 'the blob could not be read';

export class FileBlobStore implements BlobStore {
  readonly #root: RootFolder;
  readonly #disk: Disk;
  readonly #area: StagingArea;
  readonly #quarantine: Quarantine;
  #tidying: Promise<void> = Promise.resolve();

  constructor(root: RootFolder, disk: Disk) {
    this.#root = root;
    this.#disk = disk;
    this.#area = new StagingArea(root, disk);
    this.#quarantine = new Quarantine(root.quarantine, disk);
  }

  async start(): Promise<void> {
    await this.#area.start();
    this.#tidying = this.#quarantine.tidy();
  }

  stat(digest: Digest): Promise<number | undefined> {
    return orStorageFailed(UNREADABLE, this.#sizeOf(digest));
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    let file: OpenFile;
    try {
      file = await OpenFile.open(this.#disk, this.#pathOf(digest), FOR_READING);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw storageFailed(UNREADABLE, error);
    }
    let blob: FileBlob | undefined;
    try {
      const size = blobSize(await orStorageFailed(UNREADABLE, file.stat()), digest);
      if (size !== undefined) blob = new FileBlob(file, size, range);
      return blob;
    } finally {
      if (blob === undefined) file.close();
    }
  }

  async fileOf(digest: Digest): Promise<BlobFile | undefined> {
    const key = blobKey(digest);
    const size = await this.stat(digest);
    return size === undefined ? undefined : { path: this.#root.pathOf(key), key, size };
  }

  get owners(): Presence {
    return this.#area.owners;
  }

  stage(digest: Digest): Promise<StagedBlob> {
    return orStorageFailed('no room for a blob could be made', this.#area.stage(digest));
  }

  follow(digest: Digest, owner: string): Promise<GrowingBlob | undefined> {
    return orStorageFailed(UNREADABLE, this.#area.follow(digest, owner));
  }

  delete(digest: Digest): Promise<boolean> {
    return orStorageFailed('the blob could not be removed', this.#delete(digest));
  }

  setAside(digest: Digest): Promise<boolean> {
    return orStorageFailed('the blob could not be set aside', this.#setAside(digest));
  }

  async *list(): AsyncGenerator<StoredBlob> {
    try {
      yield* blobsBelow(this.#root.path);
    } catch (cause) {
      throw storageFailed('the blobs could not be listed', cause);
    }
  }

  /** Keeps what was not committed for whoever starts next. */
  async close(): Promise<void> {
    await this.#area.close();
    await this.#tidying;
  }

  async #sizeOf(digest: Digest): Promise<number | undefined> {
    const stats = await statIfThere(this.#pathOf(digest));
    return stats && blobSize(stats, digest);
  }

  async #delete(digest: Digest): Promise<boolean> {
    const path = this.#pathOf(digest);
    const size = await this.#sizeOf(digest);
    const removed = await unlinkIfThere(this.#disk, path);
    if (removed) await this.#pruneFolderOf(path);
    return removed && size !== undefined;
  }

  async #setAside(digest: Digest): Promise<boolean> {
    const path = this.#pathOf(digest);
    if ((await this.#sizeOf(digest)) === undefined) return false;
    try {
      await this.#quarantine.take(digest, path);
    } catch (error) {
      if (isAbsence(error)) return false; // somebody else has done it
      await this.#disk.unlink(path); // out of sight at any rate
    }
    await this.#pruneFolderOf(path);
    return true;
  }

  /** Whoever removes a blob leaves no empty folder. */
  #pruneFolderOf(path: string): Promise<void> {
    return pruneFolders(this.#disk, dirname(path), dirname(dirname(path)));
  }

  #pathOf(digest: Digest): string {
    return this.#root.pathOf(blobKey(digest));
  }
}
