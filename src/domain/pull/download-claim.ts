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

/** How many looks that is where looking has its price, and taking a greater one. */
const LOOKS_A_TAKE = 4;

/** Both where there is nothing to be seen but the end. */
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
  /** How often one looks whether there is something to be followed, in milliseconds. */
  readonly #findEveryMs: number;
  /** How often one tries to get the lease. */
  readonly #takeEveryMs: number;
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
    const { blobs } = ports;
    const canFollow = blobs.follow !== undefined;
    this.#findEveryMs = canFollow ? (blobs.followEveryMs ?? LOOK_EVERY_MS) : WAIT_EVERY_MS;
    const takeEveryMs = Math.max(TAKE_EVERY_MS, LOOKS_A_TAKE * this.#findEveryMs);
    this.#takeEveryMs = canFollow ? takeEveryMs : WAIT_EVERY_MS;
  }

  /** Rejects with the upstream's refusal if this repository may not read what another one fetches. */
  async settle(): Promise<Claim> {
    const claim = await this.#claim();
    if (!claim.isOurs) await this.#catchUp();
    return claim;
  }

  async #claim(): Promise<Claim> {
    const { leases } = this.#ports;
    const { repository, digest } = this.#job;
    for (;;) {
      const taken = await this.#lookingOn(leases.take(blobLease(digest), { repository }));
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
    await this.#turnTo(holder);
    const { clock } = this.#ports;
    for (let waitedMs = 0; waitedMs < this.#takeEveryMs; ) {
      this.#mustBeWanted();
      const goesOn = await (this.#followed === undefined ? this.#find(holder) : this.#look());
      if (!goesOn) {
        await this.#hearOfWhole();
        break;
      }
      const everyMs = this.#followed === undefined ? this.#findEveryMs : LOOK_EVERY_MS;
      await pause(clock, everyMs);
      waitedMs += everyMs;
    }
    const over = await this.#lookingOn(this.#over());
    if (over !== undefined) return over;
    this.#mustBeThere();
    await pause(clock, this.#restMs);
    return undefined;
  }

  /** Before the next attempt to take the lease; nobody waits for a byte of what is whole. */
  get #restMs(): number {
    if (this.#isWhole) return LOOKS_A_TAKE * this.#findEveryMs;
    return this.#followed === undefined ? this.#findEveryMs : LOOK_EVERY_MS;
  }

  /** What has come is told meanwhile, however long the storage takes for the rest. */
  async #lookingOn<T>(work: Promise<T>): Promise<T> {
    const end = work.then(
      () => true,
      () => true,
    );
    for (let isOver = false; !isOver && this.#followed !== undefined; ) {
      const next = pause(this.#ports.clock, LOOK_EVERY_MS).then(() => false);
      isOver = await Promise.race([end, next]);
      // One that cannot be read is told by the next look.
      await this.#look().catch(() => {});
    }
    return work;
  }

  /** Somebody else may have taken the download over, or it has broken off on its way here. */
  async #turnTo({ holder, note }: Tenure): Promise<void> {
    if (this.#followed === undefined || note['opened'] === undefined) return;
    await this.#lookingOn(this.#followed.turnTo(holder));
  }

  #mustBeWanted(): void {
    if (!this.#job.wanted()) throw new UpstreamUnreachable('the mirror is stopping');
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
    const followed = this.#followed;
    if (followed === undefined || this.#isWhole) return;
    const isSaid = followed.isVerified ?? (await this.#isSaidToBeWhole(followed));
    if (!isSaid) return;
    await followed.look();
    if (!followed.isThere) return;
    this.#isWhole = true;
    this.#job.whole();
  }

  async #isSaidToBeWhole({ end }: FollowedBlob): Promise<boolean> {
    if (end !== this.#size) return false;
    const holder = await this.#ports.leases.holderOf(blobLease(this.#job.digest));
    return holder?.note['whole'] !== undefined;
  }

  /**
   * What has to come here, and not only into view, may have come less far than what is stored now. It
   * comes to its end, and is found whole, or is gone.
   */
  async #catchUp(): Promise<void> {
    const followed = this.#followed;
    if (followed?.isVerified === undefined) return;
    while (!this.#isWhole && followed.isThere) {
      this.#mustBeWanted();
      await followed.turnTo(undefined);
      if (await this.#look()) await pause(this.#ports.clock, LOOK_EVERY_MS);
      else await this.#hearOfWhole();
    }
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
    const { note, holder } = now;
    const size = typeof note['size'] === 'number' ? note['size'] : undefined;
    const blob = await blobs.follow?.(digest, holder, size).catch(() => undefined);
    if (blob === undefined) return true;
    this.#followed = new FollowedBlob(blob);
    this.#size = size;
    this.#job.following(this.#followed, this.#size);
    return this.#look();
  }

  /** False if there is nothing to wait for but that it becomes visible, or another attempt. */
  async #look(): Promise<boolean> {
    if (await this.#followed?.look()) this.#job.grew();
    const { end = 0, isThere = false, isVerified } = this.#followed ?? {};
    const isAll = isVerified ?? end === this.#size;
    return isThere && !isAll;
  }

  async #storedBytes(): Promise<number | undefined> {
    if (!this.#trustsStorage) return undefined;
    // A storage that cannot be read has told so before, and does not keep the client from the blob.
    return this.#ports.blobs.stat(this.#job.digest).catch(() => undefined);
  }
}
