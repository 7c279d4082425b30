import type { BlobStore } from '../../../domain/ports/blob-store.ts';
import type { RecordStore } from '../../../domain/ports/record-store.ts';
import type { Capacity, StorageEngine } from '../../../domain/ports/storage-engine.ts';
import { LEASES } from '../../../domain/registry-layout.ts';
import { capacityAt } from './capacity.ts';
import { type Disk, SYSTEM_DISK } from './disk.ts';
import { FileBlobStore } from './file-blob-store.ts';
import { FileRecordStore } from './file-record-store.ts';
import { orStorageFailed } from './fs-errors.ts';
import { LeaseRests } from './lease-rests.ts';
import { probe } from './probe.ts';
import { RootFolder } from './root-folder.ts';
import type { Presence } from './staging/presence.ts';

export interface FilesystemOptions {
  readonly rootDirectory: string;
  /** The key that names the directory, for messages. */
  readonly setting?: string;
  /** The system's own unless told. */
  readonly disk?: Disk;
}

/** A directory in the CNCF registry's layout; any number of processes may share it. */
export class FilesystemStorage implements StorageEngine {
  readonly records: RecordStore;
  readonly location: string;
  readonly #root: RootFolder;
  readonly #disk: Disk;
  readonly #setting: string;
  readonly #blobs: FileBlobStore;
  readonly #leaseRests: LeaseRests;

  constructor(options: FilesystemOptions) {
    const { rootDirectory, setting = 'storage.filesystem.rootdirectory' } = options;
    const { disk = SYSTEM_DISK } = options;
    this.#setting = setting;
    this.#root = new RootFolder(rootDirectory);
    this.#disk = disk;
    this.#blobs = new FileBlobStore(this.#root, disk);
    this.#leaseRests = new LeaseRests(this.#root.pathOf(LEASES), disk);
    this.records = new FileRecordStore(this.#root, disk);
    this.location = this.#root.path;
  }

  get blobs(): BlobStore {
    return this.#blobs;
  }

  get owners(): Presence {
    return this.#blobs.owners;
  }

  async start(): Promise<void> {
    await probe(this.#disk, this.#root, this.#setting);
    await this.#blobs.start();
    this.#leaseRests.start();
  }

  capacity(): Promise<Capacity | undefined> {
    return orStorageFailed('the room on the disk could not be told', capacityAt(this.#root.path));
  }

  async close(): Promise<void> {
    await this.#leaseRests.close();
    await this.#blobs.close();
  }
}
