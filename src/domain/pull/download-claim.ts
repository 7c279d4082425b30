import type { Digest } from '../digest.ts';
import { StorageFailed, UpstreamUnreachable } from '../errors.ts';
import { pause } from '../pause.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, Leases, Tenure } from '../ports/leases.ts';
import { blobLease } from '../registry-layout.ts';
import { isRepositoryName, type RepositoryName } from '../repository-name.ts';
import type { BlobAccess } from './blob-access.ts';
import { FollowedBlob } from './followed-blob.ts';

/** How often one looks how far another process has come, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** How often one tries to get the lease meanwhile, in milliseconds. */
const TAKE_EVERY_MS = 250;

/** Both where there is nothing to be seen but the end, and looking has its price. */
const WAIT_EVERY_MS = 500;

export interface ClaimPorts {
  readonly blobs: BlobStore;
  readonly leases: Leases;
  readonly access: BlobAccess;
  readonly clock: Clock;
}

export interface ClaimJob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Whether to download it whatever is in the storage. */
  readonly anew: boolean;
  /** Another process downloads it, and the upstream has answered that one. */
  following(blob: FollowedBlob, size: number | undefined): void;
  /** That one has left off, and nobody here has read a byte of it. */
  unfollowed(): void;
  /** More of it has come. */
  grew(): void;
  /** All of it is here and verified, though it is not stored yet. */
  whole(): void;
  /** Whether it is still wanted. */
  wanted(): boolean;
}

/** Who downloads the blob: this process, or nobody any more, since it is stored. */
export type Claim =
  | {
      readonly isOurs: true;
      readonly lease: Lease;
      /** Who had begun, and has not left off by itself. */
      readonly after: Tenure | undefined;
    }
  | {
      readonly isOurs: false;
      /** The size of what is stored; undefined of a blob that is whole and could not be stored. */
      readonly storedBytes: number | undefined;
    };

/**
 * Waits for the right to download a blob, among all processes that share the storage, and meanwhile
 * follows the one that has it.
 */
export class DownloadClaim {
  readonly #ports: ClaimPorts;
  readonly #job: ClaimJob;
  #followed: FollowedBlob | undefined;
  #size: number | undefined;
  #permitted = false;
  #isWhole = false;
  /** Whether what is stored counts. */
  #trustsStorage: boolean;

  constructor(ports: ClaimPorts, job: ClaimJob) {
    this.#ports = ports;
    this.#job = job;
    this.#trustsStorage = !job.anew;
  }

  /** Rejects with the upstream's refusal if this repository may not read what another one fetches. */
  async settle(): Promise<Claim> {
    const { leases } = this.#ports;
    const { repository, digest } = this.#job;
    for (;;) {
      const taken = await leases.take(blobLease(digest), { repository });
      if ('lease' in taken) return this.#settled(taken.lease, taken.after);
      this.#trustsStorage = true; // what that one stores is new
      const over = await this.#follow(taken.heldBy);
      if (over !== undefined) return over;
    }
  }

  /** It may have been stored between the last look into the storage and now. */
  async #settled(lease: Lease, after: Tenure | undefined): Promise<Claim> {
    const over = await this.#over();
    if (over === undefined) return { isOurs: true, lease, after };
    await lease.release();
    return over;
  }

  /** Until there is nothing to be downloaded, or it is time to try and take the lease: undefined. */
  async #follow(holder: Tenure): Promise<Claim | undefined> {
    await this.#permit(holder);
    const { blobs, clock } = this.#ports;
    const everyMs = blobs.follow === undefined ? WAIT_EVERY_MS : LOOK_EVERY_MS;
    const takeEveryMs = Math.max(TAKE_EVERY_MS, everyMs);
    for (let waitedMs = 0; waitedMs < takeEveryMs; waitedMs += everyMs) {
      if (!this.#job.wanted()) throw new UpstreamUnreachable('the mirror is stopping');
      const goesOn = await (this.#followed === undefined ? this.#find(holder) : this.#look());
      if (!goesOn) {
        await this.#hearOfWhole();
        break;
      }
      await pause(clock, everyMs);
    }
    const over = await this.#over();
    if (over !== undefined) return over;
    this.#mustBeThere();
    await pause(clock, everyMs);
    return undefined;
  }

  /** If all of it is in the storage, or at least here. */
  async #over(): Promise<Claim | undefined> {
    const storedBytes = await this.#storedBytes();
    if (storedBytes === undefined && this.#isWhole) await this.#followed?.look();
    const isKeptHere = this.#isWhole && this.#followed?.isThere === false;
    return storedBytes === undefined && !isKeptHere ? undefined : { isOurs: false, storedBytes };
  }

  /**
   * The last byte need not wait until it is stored, for which there may have to be room first. What
   * is whole may be another attempt, after one that was wrong; so it has to be there still.
   */
  async #hearOfWhole(): Promise<void> {
    if (this.#followed === undefined || this.#isWhole || this.#followed.end !== this.#size) return;
    const { leases } = this.#ports;
    const holder = await leases.holderOf(blobLease(this.#job.digest));
    if (holder?.note['whole'] === undefined) return;
    await this.#followed.look();
    if (!this.#followed.isThere) return;
    this.#isWhole = true;
    this.#job.whole();
  }

  /** What the one who downloads it has thrown away was wrong, or could not be kept. */
  #mustBeThere(): void {
    const followed = this.#followed;
    if (followed === undefined || followed.isThere) return;
    if (followed.readTo > 0) throw new StorageFailed('the download that was followed is gone');
    followed.close();
    this.#followed = undefined;
    this.#job.unfollowed();
  }

  /** Another repository's right is not this one's. */
  async #permit({ note }: Tenure): Promise<void> {
    const { repository, digest } = this.#job;
    const theirs = String(note['repository']);
    if (this.#permitted || (isRepositoryName(theirs) && theirs === repository)) return;
    const { access } = this.#ports;
    if (!(await access.isGranted(repository, digest))) await access.ask(repository, digest);
    this.#permitted = true;
  }

  /** False if the holder has left off. */
  async #find({ id }: Tenure): Promise<boolean> {
    const { leases, blobs } = this.#ports;
    const { digest } = this.#job;
    const now = await leases.holderOf(blobLease(digest));
    if (now?.id !== id) return false;
    if (now.note['opened'] === undefined) return true;
    // What cannot be read now may be read when it is stored, or downloaded here after that one.
    const blob = await blobs.follow?.(digest, now.holder).catch(() => undefined);
    if (blob === undefined) return true;
    this.#followed = new FollowedBlob(blob);
    const size = now.note['size'];
    this.#size = typeof size === 'number' ? size : undefined;
    this.#job.following(this.#followed, this.#size);
    return this.#look();
  }

  /** False if there is nothing to wait for but that it becomes visible, or another attempt. */
  async #look(): Promise<boolean> {
    if (await this.#followed?.look()) this.#job.grew();
    const { end = 0, isThere = false } = this.#followed ?? {};
    return isThere && end !== this.#size;
  }

  async #storedBytes(): Promise<number | undefined> {
    if (!this.#trustsStorage) return undefined;
    // A storage that cannot be read has told so before, and does not keep the client from the blob.
    return this.#ports.blobs.stat(this.#job.digest).catch(() => undefined);
  }
}
