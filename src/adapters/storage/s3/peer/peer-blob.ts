import { createHash } from 'node:crypto';
import { algorithmOf, type Digest, encodedOf } from '../../../../domain/digest.ts';
import { StorageFailed } from '../../../../domain/errors.ts';
import type { GrowingBlob, StagedBlob } from '../../../../domain/ports/blob-store.ts';
import type { ByteReader } from '../../../../domain/ports/byte-reader.ts';

/** How much is read at once of what is here, in bytes. */
const PIECE = 256 * 1024;

const NOTHING = new Uint8Array(0);

export interface PeerBlobJob {
  readonly digest: Digest;
  /** In bytes, where it is known. */
  readonly size: number | undefined;
  /** Where what comes is kept. */
  readonly staged: StagedBlob;
  /**
   * What that owner has of it from there on, or, without one, what is in the bucket; undefined if
   * that is nothing.
   */
  readonly open: (owner: string | undefined, offset: number) => Promise<ByteReader | undefined>;
  /** The blob holds nothing any more. */
  readonly closed: (blob: PeerBlob) => void;
}

/** Where the bytes come from just now. */
interface Stream {
  readonly owner: string | undefined;
  readonly source: ByteReader;
  readonly over: Promise<void>;
}

/** How far it has come, at one moment. */
interface Look {
  readonly length: number;
  readonly isThere: boolean;
  readonly isVerified: boolean;
}

/**
 * What another mirror downloads, in a copy of our own: its readers read that, so that the other one has
 * one reader alone, and nothing is lost when it dies. Whoever goes on with the download, the bytes have
 * the digest in the end, or the blob is gone.
 */
export class PeerBlob implements GrowingBlob {
  readonly #job: PeerBlobJob;
  readonly #hash: ReturnType<typeof createHash>;
  #seen: Look = { length: 0, isThere: true, isVerified: false };
  #stream: Stream | undefined;
  #isThere = true;
  #isVerified = false;
  #isStopped = false;
  #closing: Promise<void> | undefined;

  private constructor(job: PeerBlobJob) {
    this.#job = job;
    this.#hash = createHash(algorithmOf(job.digest));
  }

  /** Undefined if that owner has nothing of it; then nothing is kept open. */
  static async open(job: PeerBlobJob, owner: string): Promise<PeerBlob | undefined> {
    const blob = new PeerBlob(job);
    try {
      await blob.#takeUp();
      if (!blob.#isVerified) await blob.turnTo(owner);
      if (blob.#isVerified || blob.#stream !== undefined) return blob;
    } catch (error) {
      await blob.closed();
      throw error;
    }
    await blob.closed();
    return undefined;
  }

  get length(): number {
    return this.#seen.length;
  }

  get isThere(): boolean {
    return this.#seen.isThere;
  }

  get isVerified(): boolean {
    return this.#seen.isVerified;
  }

  async look(): Promise<void> {
    const { length } = this.#job.staged;
    this.#seen = { length, isThere: this.#isThere, isVerified: this.#isVerified };
  }

  /** One that cannot be had leaves it as it is: somebody will go on with it. */
  async turnTo(owner: string | undefined): Promise<void> {
    const stream = this.#stream;
    const comes = stream !== undefined && (owner === undefined || owner === stream.owner);
    if (this.#isOver || comes) return;
    await this.#end();
    const source = await this.#open(owner);
    if (source === undefined) return;
    if (this.#isOver) source.close();
    else this.#stream = { owner, source, over: this.#take(source, owner) };
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    return this.#job.staged.readAt(position, scratch);
  }

  /** Leaves what has come to the next `stage` of the blob; it can still be read here. */
  async handOver(): Promise<void> {
    this.#isStopped = true;
    await this.#end();
    if (this.#isThere) await this.#job.staged.suspend();
  }

  close(): void {
    void this.closed();
  }

  /** Closes it, and waits for what it was doing. What is not whole is of use to the next. */
  closed(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isStopped = true;
    await this.#end();
    const { staged, closed } = this.#job;
    if (this.#isThere && !this.#isVerified) await staged.suspend().catch(() => {});
    staged.close();
    closed(this);
  }

  get #isOver(): boolean {
    return this.#isStopped || this.#isVerified || !this.#isThere;
  }

  async #end(): Promise<void> {
    const stream = this.#stream;
    stream?.source.close();
    await stream?.over;
  }

  async #open(owner: string | undefined): Promise<ByteReader | undefined> {
    const { open, staged } = this.#job;
    const source = await open(owner, staged.length).catch(() => undefined);
    if (source === undefined) this.#ended(owner);
    return source;
  }

  /** What an earlier attempt has left here is hashed again: nobody knows what it has been through. */
  async #takeUp(): Promise<void> {
    const { staged } = this.#job;
    if (staged.length === 0) return;
    const scratch = new Uint8Array(PIECE);
    for (let at = 0; at < staged.length; ) {
      const piece = await staged.readAt(at, () => scratch);
      this.#hash.update(piece);
      at += piece.byteLength;
    }
    this.#check();
  }

  async #take(source: ByteReader, owner: string | undefined): Promise<void> {
    const scratch = new Uint8Array(PIECE);
    try {
      while (!this.#isOver) {
        const piece = await source.read(() => scratch).catch(() => NOTHING);
        if (this.#isOver) return;
        if (piece.byteLength === 0) return this.#ended(owner);
        await this.#add(piece);
      }
    } catch {
      this.#isThere = false; // it cannot be kept
    } finally {
      source.close();
      this.#stream = undefined;
    }
  }

  async #add(piece: Uint8Array): Promise<void> {
    const { staged, size = Number.POSITIVE_INFINITY } = this.#job;
    if (staged.length + piece.byteLength > size)
      throw new StorageFailed('the blob is longer than it is');
    await staged.append([piece]);
    this.#hash.update(piece);
    this.#check();
  }

  /**
   * Whether it broke or came to its end cannot be told, nor has it to be. Where the blob's size is not
   * known, this is when it may be whole; and after what is stored nothing comes.
   */
  #ended(owner: string | undefined): void {
    if (this.#hasDigest()) this.#isVerified = true;
    else if (owner === undefined) this.#isThere = false;
  }

  #check(): void {
    const { staged, size } = this.#job;
    if (size === undefined || staged.length < size) return;
    if (staged.length === size && this.#hasDigest()) this.#isVerified = true;
    else this.#isThere = false;
  }

  #hasDigest(): boolean {
    return this.#hash.copy().digest('hex') === encodedOf(this.#job.digest);
  }
}
