import { algorithmOf, type Digest } from '../digest.ts';
import {
  DigestMismatch,
  RegistryError,
  SizeMismatch,
  StorageFailed,
  UpstreamBadAnswer,
  UpstreamFailure,
} from '../errors.ts';
import { SOLE_LEASE } from '../lease/sole-leases.ts';
import type { Events } from '../ports/events.ts';
import type { Hash, Hasher } from '../ports/hasher.ts';
import type { Lease, LeaseNote } from '../ports/leases.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Admit } from './admission.ts';
import { Announcer } from './announcer.ts';
import type { ByteSource } from './byte-source.ts';
import { type Claim, type ClaimPorts, DownloadClaim } from './download-claim.ts';
import type { FollowedBlob } from './followed-blob.ts';
import { type ParallelPorts, parallelDownload } from './parallel-download.ts';
import { resume } from './resume.ts';
import { Signal } from './signal.ts';
import { Spool, type SpoolReaders } from './spool.ts';
import type { Staging } from './staging.ts';
import { TransferReader } from './transfer-reader.ts';

export interface TransferPorts extends ParallelPorts, ClaimPorts {
  readonly hasher: Hasher;
  readonly events: Events;
  /** Asked before a blob that is whole becomes visible in the storage. */
  readonly admit?: Admit;
  /** How long what has come may be gathered before the readers are told, in milliseconds. */
  readonly gatherMs: number;
}

/** What is to be downloaded, and for whom. */
export interface TransferJob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** In bytes, where a manifest tells it. */
  readonly expectedSize: number | undefined;
  /** Whether to download it whatever is in the storage. */
  readonly anew: boolean;
}

const FOLLOWED_GONE = 'the download that was followed is gone';

/** Another process has stored the blob, before anybody here has read a byte of it. */
export class StoredMeanwhile extends Error {}

/**
 * One blob on its way from the upstream into the storage and to any number of readers.
 *
 *   upstream ─ download ─ hash ─ spool ─┬─ memory ──── readers that keep pace
 *                                       └─ storage ─── readers that are behind, or begin late
 *
 * While another process that shares the storage downloads it, readers get what is in the storage;
 * if that process dies, the download goes on here.
 *
 * Readers get every byte but the last until the whole has its digest. Whatever a reader does, the
 * download goes on; whatever the storage does, the readers get their bytes.
 */
export class Transfer {
  readonly digest: Digest;
  /** The one whose client wanted it first. */
  readonly origin: RepositoryName;
  /** Those that may read the blob once it is stored. */
  readonly repositories: Set<RepositoryName>;
  readonly #ports: TransferPorts;
  readonly #changed = new Signal();
  readonly #news: Announcer;
  readonly #readers = new Set<TransferReader>();
  readonly #pace: SpoolReaders = {
    count: () => this.#readers.size,
    slowest: () => this.#slowestReader(),
  };
  #spool: Spool = new Spool(undefined, this.#pace);
  #source: ByteSource = this.#spool;
  #staging: Staging | undefined;
  #lease: Lease = SOLE_LEASE;
  #followed: FollowedBlob | undefined;
  #size: number | undefined;
  #state: 'asking' | 'receiving' | 'whole' = 'asking';
  #failure: Error | undefined;
  #resumedFrom = 0;
  #stopped = false;
  #over = false;

  readonly #anew: boolean;

  constructor(ports: TransferPorts, { repository, digest, expectedSize, anew }: TransferJob) {
    this.digest = digest;
    this.repositories = new Set([repository]);
    this.origin = repository;
    this.#ports = ports;
    this.#news = new Announcer(ports.clock, ports.gatherMs, () => this.#changed.fire());
    this.#size = expectedSize;
    this.#anew = anew;
  }

  /** Downloads, verifies and stores the blob. Never rejects; whether the blob is in the storage. */
  async run(): Promise<boolean> {
    try {
      const claim = await this.#claim();
      if (!claim.isOurs) return await this.#takeStored(claim.storedBytes);
      const hash = await this.#stage();
      await this.#goOnAfter(claim);
      if (hash !== undefined) await this.#download(hash);
      this.#complete();
      return await this.#commit();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return false;
    } finally {
      await this.#letGo().catch((cause) => this.#notStored(cause));
      await this.#lease.release();
    }
  }

  /** To be called after {@link run}, when nobody can join any more: the last to leave closes it. */
  end(): void {
    this.#over = true;
    this.#changed.fire();
    this.#closeIfUnused();
  }

  /** Lets it end at its next interruption, without a further attempt. */
  stop(): void {
    this.#stopped = true;
  }

  /** The blob's size in bytes, as soon as it is known. */
  get size(): number | undefined {
    return this.#size;
  }

  /**
   * How many of its bytes are in the staging area; undefined before the upstream has begun to send,
   * and of what will not be stored.
   */
  get stagedBytes(): number | undefined {
    const isKept = this.#state !== 'asking' && this.#staging?.failure === undefined;
    return isKept ? this.#staging?.length : undefined;
  }

  /** Resolves when the upstream has begun to send; rejects if it does not. */
  async opened(): Promise<void> {
    while (this.#state === 'asking') {
      if (this.#failure !== undefined) throw this.#failure;
      await this.changed();
    }
  }

  /** Whether its bytes come, or came, from another process. */
  get isFollowing(): boolean {
    return this.#followed !== undefined;
  }

  /** Whether it can still serve every byte from `offset` on. */
  reaches(offset: number): boolean {
    return this.#failure === undefined && this.#source.reaches(offset);
  }

  /** A reader of the whole; until it is closed, the bytes stay, whatever becomes of the transfer. */
  reader(): TransferReader {
    const reader = new TransferReader(this, () => this.#left(reader));
    this.#readers.add(reader);
    return reader;
  }

  /** Why it has ended without the blob, if so. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether all bytes are here and have the digest. */
  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  /** Up to which offset bytes may be sent. */
  get releasable(): number {
    const { end } = this.#source;
    if (this.isWhole) return end;
    return Math.max(0, Math.min(end, (this.#size ?? end) - 1));
  }

  /** Bytes from `offset` on, which must be below {@link releasable}. */
  at(offset: number, scratch: () => Uint8Array): Uint8Array | Promise<Uint8Array> {
    return this.#source.at(offset, scratch);
  }

  /** Resolves when more can be read, nothing more ever will, or nobody can join any more. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  readerMoved(): void {
    this.#source.readerMoved();
  }

  /** Waits for the right to download it, and follows another process meanwhile. */
  async #claim(): Promise<Claim> {
    const { digest, origin: repository } = this;
    const claim = new DownloadClaim(this.#ports, {
      repository,
      digest,
      anew: this.#anew,
      following: (blob, size) => {
        this.#followed = blob;
        this.#source = blob;
        this.#open(size ?? this.#size);
      },
      unfollowed: () => {
        this.#followed = undefined;
        this.#source = this.#spool;
      },
      grew: () => this.#news.soon(),
      whole: () => this.#complete(),
      wanted: () => !this.#stopped,
    });
    const settled = await claim.settle();
    if (settled.isOurs) this.#lease = settled.lease;
    return settled;
  }

  /**
   * What another process has stored; the readers that have followed it read on where they are, unless
   * what they have read was another attempt: it may have been wrong, or have come less far.
   */
  async #takeStored(storedBytes: number | undefined): Promise<boolean> {
    if (this.#followed === undefined) throw new StoredMeanwhile();
    if (this.isWhole) return storedBytes !== undefined;
    await this.#followed.look();
    const { isThere, end } = this.#followed;
    if (!isThere || end !== storedBytes) throw new StorageFailed(FOLLOWED_GONE);
    this.#complete();
    return true;
  }

  /** What was read from another process's download must be a part of this one. */
  async #goOnAfter({ after }: Claim & { isOurs: true }): Promise<void> {
    const { origin: repository, digest } = this;
    if (after !== undefined) {
      const from = after.holder;
      this.#ports.events.emit({ type: 'transfer-taken-over', repository, digest, from });
    }
    if (this.#followed === undefined) return;
    await this.#followed.look();
    const { readTo, isThere } = this.#followed;
    const isPart = isThere && (this.#staging?.length ?? 0) >= readTo;
    if (readTo > 0 && !isPart) throw new StorageFailed(FOLLOWED_GONE);
    this.#source = this.#spool;
  }

  /** The hash of what an earlier attempt has left; undefined if that is the verified blob. */
  async #stage(): Promise<Hash | undefined> {
    try {
      const { staging, hash } = await resume(this.#ports, this.digest, this.#size);
      this.#staging = staging;
      this.#spool = new Spool(staging, this.#pace);
      if (this.#followed === undefined) this.#source = this.#spool;
      this.#resumedFrom = staging.length;
      return hash;
    } catch (cause) {
      this.#notStored(cause);
      return this.#ports.hasher.start(algorithmOf(this.digest));
    }
  }

  async #download(hash: Hash): Promise<void> {
    for await (const piece of this.#pieces()) {
      hash.update(piece);
      this.#yieldIfLost();
      this.#spool.push(piece);
      this.#news.soon();
      if (!this.#spool.isKept) void this.#lease.release(); // others can have nothing of it
      await this.#spool.room();
    }
    const found = hash.digest();
    if (found !== this.digest) throw new DigestMismatch('the blob', this.digest, found);
  }

  /** Having stood still for too long, it must not write to what another process has gone on with. */
  #yieldIfLost(): void {
    if (!this.#lease.isLost || !this.#spool.isKept) return;
    this.#staging?.yieldTo(new StorageFailed('another mirror has taken the download over'));
  }

  #complete(): void {
    this.#size = this.#source.end;
    this.#state = 'whole';
    this.#news.now();
    this.#tell({ whole: 1 });
  }

  /** To those who follow: that the upstream has answered, and how far it has come. */
  #tell(more: LeaseNote): void {
    const size = this.#size === undefined ? {} : { size: this.#size };
    void this.#lease.tell({ repository: this.origin, opened: 1, ...size, ...more });
  }

  #pieces(): AsyncIterable<Uint8Array> {
    const { digest } = this;
    const repository = this.origin;
    return parallelDownload(this.#ports, {
      repository,
      digest,
      offset: this.#spool.end,
      expectedSize: this.#size,
      opened: (size) => {
        this.#open(size);
        this.#tell({});
      },
      interrupted: (offset, delayMs, cause) => {
        const type = 'transfer-resumed';
        this.#ports.events.emit({ type, repository, digest, offset, delayMs, cause });
      },
      wanted: () => !this.#stopped,
    });
  }

  #open(size: number | undefined): void {
    this.#size = size;
    const isFirst = this.#state === 'asking';
    this.#state = 'receiving';
    if (isFirst) this.#started();
    this.#changed.fire();
  }

  #started(): void {
    const { origin: repository, digest, size } = this;
    this.#ports.events.emit({ type: 'transfer-started', repository, digest, size });
  }

  async #commit(): Promise<boolean> {
    try {
      if (this.stagedBytes !== undefined) {
        await this.#ports.admit?.(this.digest, this.#spool.end);
      }
      await this.#staging?.commit();
      return this.#staging !== undefined;
    } catch (cause) {
      this.#notStored(cause);
      return false;
    }
  }

  #fail(cause: Error): void {
    this.#failure = cause;
    this.#news.now();
    const unwritten = this.#staging?.failure;
    if (unwritten !== undefined) this.#notStored(unwritten.cause);
    if (cause instanceof StoredMeanwhile) return;
    const isAnswer = cause instanceof RegistryError && !(cause instanceof UpstreamFailure);
    if (isAnswer) return;
    const { digest } = this;
    this.#ports.events.emit({ type: 'transfer-failed', repository: this.origin, digest, cause });
  }

  /**
   * Keeps what has come for the next attempt, through an outage and a refusal too (to another
   * repository it may be given), unless it is wrong, or the upstream makes no sense when it is to go
   * on from there: it might do so for ever. After a commit this removes nothing.
   */
  async #letGo(): Promise<void> {
    const cause = this.#failure;
    const isWrong = cause instanceof DigestMismatch || cause instanceof SizeMismatch;
    if (isWrong) this.#ports.upstream.distrust?.(this.digest);
    const wasNoHelp = cause instanceof UpstreamBadAnswer && this.#spool.end === this.#resumedFrom;
    const isUpstreams = cause instanceof RegistryError && !(cause instanceof StorageFailed);
    const isWorthIt = this.#spool.end > 0 && !isWrong && !wasNoHelp;
    if (isUpstreams && isWorthIt) await this.#staging?.suspend();
    else await this.#staging?.discard();
  }

  #left(reader: TransferReader): void {
    this.#readers.delete(reader);
    this.#source.readerMoved();
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (!this.#over || this.#readers.size > 0) return;
    this.#staging?.close();
    this.#followed?.close();
  }

  #slowestReader(): number | undefined {
    let slowest: number | undefined;
    for (const { position } of this.#readers) {
      if (slowest === undefined || position < slowest) slowest = position;
    }
    return slowest;
  }

  #notStored(cause: unknown): void {
    const what = `blob ${this.digest}`;
    this.#ports.events.emit({ type: 'not-stored', repository: this.origin, what, cause });
  }
}
