import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { ByteRange } from '../../../domain/byte-range.ts';
import type { Digest } from '../../../domain/digest.ts';
import type {
  BlobStore,
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
import { publishBlob } from './publish-blob.ts';
import type { RootFolder } from './root-folder.ts';
import { StagedFile, type StagingArea } from './staged-file.ts';

/** Without O_NONBLOCK, to open a named pipe that lies at a blob's place would never end. */
const FOR_READING = constants.O_RDONLY | constants.O_NONBLOCK;

const UNREADABLE = 'the blob could not be read';

export class FileBlobStore implements BlobStore {
  readonly #root: RootFolder;
  readonly #disk: Disk;
  readonly #staged = new Set<StagedFile>();
  /** What was suspended, by digest. */
  readonly #suspended = new Map<Digest, string>();

  constructor(root: RootFolder, disk: Disk) {
    this.#root = root;
    this.#disk = disk;
  }

  stat(digest: Digest): Promise<number | undefined> {
    return orStorageFailed(UNREADABLE, this.#sizeOf(digest));
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    let file: OpenFile;
    try {
      file = await OpenFile.open(this.#pathOf(digest), FOR_READING);
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

  async stage(digest: Digest): Promise<StagedBlob> {
    const area: StagingArea = {
      disk: this.#disk,
      publish: (path: string, size: number) =>
        publishBlob(this.#disk, this.#root, { path, size, digest }),
      suspend: async (path) => {
        this.#suspended.set(digest, path);
      },
      forget: (file: StagedFile) => this.#staged.delete(file),
    };
    const left = this.#suspended.get(digest);
    this.#suspended.delete(digest);
    const creating =
      left === undefined
        ? StagedFile.create(this.#root.newStagingPath('blob'), area)
        : StagedFile.reopen(left, area);
    const file = await orStorageFailed('no room for a blob could be made', creating);
    this.#staged.add(file);
    return file;
  }

  delete(digest: Digest): Promise<boolean> {
    return orStorageFailed('the blob could not be removed', this.#delete(digest));
  }

  setAside(digest: Digest): Promise<boolean> {
    return this.delete(digest);
  }

  async *list(): AsyncGenerator<StoredBlob> {
    try {
      yield* blobsBelow(this.#root.path);
    } catch (cause) {
      throw storageFailed('the blobs could not be listed', cause);
    }
  }

  /** Removes what was not committed. */
  async close(): Promise<void> {
    await Promise.all([...this.#staged].map((file) => file.closed()));
  }

  async #sizeOf(digest: Digest): Promise<number | undefined> {
    const stats = await statIfThere(this.#pathOf(digest));
    return stats && blobSize(stats, digest);
  }

  async #delete(digest: Digest): Promise<boolean> {
    const path = this.#pathOf(digest);
    const size = await this.#sizeOf(digest);
    const removed = await unlinkIfThere(this.#disk, path);
    if (removed) await pruneFolders(this.#disk, dirname(path), dirname(dirname(path)));
    return removed && size !== undefined;
  }

  #pathOf(digest: Digest): string {
    return this.#root.pathOf(blobKey(digest));
  }
}
