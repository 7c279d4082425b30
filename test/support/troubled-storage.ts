import { MemoryStorage } from '../../src/adapters/storage/memory/memory-storage.ts';
import type { ByteRange } from '../../src/domain/byte-range.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { StorageFailed, StorageFull } from '../../src/domain/errors.ts';
import type {
  BlobStore,
  OpenBlob,
  StagedBlob,
  StoredBlob,
} from '../../src/domain/ports/blob-store.ts';
import type { RecordStore } from '../../src/domain/ports/record-store.ts';
import type { Capacity } from '../../src/domain/ports/storage-engine.ts';

type Operation =
  | 'stage'
  | 'append'
  | 'commit'
  | 'discard'
  | 'suspend'
  | 'open'
  | 'stat'
  | 'get'
  | 'put'
  | 'delete'
  | 'remove';

/** A storage in memory that fails, waits and counts as a test wants. */
export class TroubledStorage extends MemoryStorage {
  /** Operations that fail. */
  readonly broken: Set<Operation> = new Set();
  /** Operations that fail for want of room. */
  readonly full: Set<Operation> = new Set();
  /** Awaited before an operation, if there is one for it; `opened` and `got` after theirs. */
  readonly gates: Map<Operation | 'opened' | 'got', () => Promise<void>> = new Map();
  /** A staged blob takes no byte beyond this many. */
  room: number = Number.POSITIVE_INFINITY;
  /** What the medium has room for; undefined for one without bounds. */
  medium: Capacity | undefined;
  /** Staged blobs in the order in which they were started. */
  readonly staged: TroubledStaged[] = [];
  override readonly blobs: BlobStore;
  override readonly records: RecordStore;

  constructor(now?: () => number) {
    super(now);
    const { blobs, records } = new MemoryStorage(now);
    this.blobs = new TroubledBlobs(blobs, this);
    this.records = new TroubledRecords(records, this);
  }

  async capacity(): Promise<Capacity | undefined> {
    return this.medium;
  }

  async pass(operation: Operation): Promise<void> {
    await this.gates.get(operation)?.();
    if (this.full.has(operation)) throw new StorageFull('no room');
    if (this.broken.has(operation)) throw new StorageFailed(`${operation} fails`);
  }
}

class TroubledBlobs implements BlobStore {
  readonly #blobs: BlobStore;
  readonly #trouble: TroubledStorage;

  constructor(blobs: BlobStore, trouble: TroubledStorage) {
    this.#blobs = blobs;
    this.#trouble = trouble;
  }

  async stat(digest: Digest): Promise<number | undefined> {
    await this.#trouble.pass('stat');
    return this.#blobs.stat(digest);
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    await this.#trouble.pass('open');
    const blob = await this.#blobs.open(digest, range);
    await this.#trouble.gates.get('opened')?.();
    return blob;
  }

  async stage(digest: Digest): Promise<StagedBlob> {
    await this.#trouble.pass('stage');
    const staged = new TroubledStaged(await this.#blobs.stage(digest), this.#trouble);
    this.#trouble.staged.push(staged);
    return staged;
  }

  async delete(digest: Digest): Promise<boolean> {
    await this.#trouble.pass('remove');
    return this.#blobs.delete(digest);
  }

  setAside(digest: Digest): Promise<boolean> {
    return this.#blobs.setAside(digest);
  }

  list(): AsyncIterable<StoredBlob> {
    return this.#blobs.list();
  }
}

/** A staged blob that tells when it is used after it was closed. */
export class TroubledStaged implements StagedBlob {
  closed = 0;
  /** How many reads came after it was closed. */
  misused = 0;
  readonly #staged: StagedBlob;
  readonly #trouble: TroubledStorage;

  constructor(staged: StagedBlob, trouble: TroubledStorage) {
    this.#staged = staged;
    this.#trouble = trouble;
  }

  get length(): number {
    return this.#staged.length;
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    await this.#trouble.pass('append');
    for (const piece of pieces) {
      if (this.length + piece.byteLength > this.#trouble.room)
        throw new StorageFailed('it is full');
      await this.#staged.append([piece]);
    }
  }

  /** Copies into the scratch memory, as a file does. */
  async readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    if (this.closed > 0) this.misused++;
    if (this.closed > 0) throw new StorageFailed('it is closed');
    const bytes = await this.#staged.readAt(position, scratch);
    const memory = scratch();
    const read = bytes.subarray(0, memory.byteLength);
    memory.set(read);
    return memory.subarray(0, read.byteLength);
  }

  async commit(): Promise<void> {
    await this.#trouble.pass('commit');
    await this.#staged.commit();
  }

  async discard(): Promise<void> {
    await this.#trouble.pass('discard');
    await this.#staged.discard();
  }

  async suspend(): Promise<void> {
    await this.#trouble.pass('suspend');
    await this.#staged.suspend();
  }

  close(): void {
    this.closed++;
    this.#staged.close();
  }
}

class TroubledRecords implements RecordStore {
  readonly #records: RecordStore;
  readonly #trouble: TroubledStorage;

  constructor(records: RecordStore, trouble: TroubledStorage) {
    this.#records = records;
    this.#trouble = trouble;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await this.#trouble.pass('get');
    const value = await this.#records.get(key);
    await this.#trouble.gates.get('got')?.();
    return value;
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.#trouble.pass('put');
    await this.#records.put(key, value);
  }

  async putIfAbsent(key: string, value: Uint8Array): Promise<boolean> {
    await this.#trouble.pass('put');
    return this.#records.putIfAbsent(key, value);
  }

  async delete(key: string): Promise<boolean> {
    await this.#trouble.pass('delete');
    return this.#records.delete(key);
  }

  children(key: string): Promise<string[]> {
    return this.#records.children(key);
  }
}
