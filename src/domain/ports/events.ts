import type { Digest } from '../digest.ts';
import type { Tag } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';

/** What the mirror decided or met; logs and metrics listen. */
export type MirrorEvent =
  | {
      /** A tag was given from storage because the upstream could not be asked. */
      readonly type: 'tag-stale';
      readonly repository: RepositoryName;
      readonly tag: Tag;
      readonly digest: Digest;
      readonly cause: Error;
    }
  | {
      /** A check behind a served digest failed; the next pull tries again. */
      readonly type: 'not-revalidated';
      readonly repository: RepositoryName;
      readonly tag: Tag;
      readonly cause: unknown;
    }
  | {
      /** A tag points to another manifest than before. */
      readonly type: 'tag-moved';
      readonly repository: RepositoryName;
      readonly tag: Tag;
      readonly from: Digest | undefined;
      readonly to: Digest;
    }
  | {
      readonly type: 'manifest-stored';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly size: number;
    }
  | {
      readonly type: 'blob-stored';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly size: number;
    }
  | {
      /** The upstream has begun to send a blob. */
      readonly type: 'transfer-started';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      /** In bytes; undefined while nobody has announced it. */
      readonly size: number | undefined;
    }
  | {
      /** A download broke and goes on from `offset` after `delayMs`. */
      readonly type: 'transfer-resumed';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly offset: number;
      readonly delayMs: number;
      readonly cause: Error;
    }
  | {
      /** A download was given up; its clients' connections end short. */
      readonly type: 'transfer-failed';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly cause: Error;
    }
  | {
      /** A blob in storage does not have its size or its digest; it is set aside and fetched again. */
      readonly type: 'damaged';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      /** What was expected, and what was found. */
      readonly detail: unknown;
    }
  | {
      /** The upstream sent a manifest that does not have the digest it was asked for by. */
      readonly type: 'manifest-rejected';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly found: Digest;
    }
  | {
      /** Something in storage could not be read and is fetched again. */
      readonly type: 'unreadable';
      readonly repository: RepositoryName;
      readonly what: string;
      readonly cause: unknown;
    }
  | {
      /** Something could not be kept; the client gets its bytes all the same. */
      readonly type: 'not-stored';
      readonly repository: RepositoryName;
      readonly what: string;
      readonly cause: unknown;
    }
  | {
      /** The storage cannot keep leases: each process that shares it does everything by itself. */
      readonly type: 'not-coordinated';
      /** The lease that could not be had. */
      readonly what: string;
      readonly cause: unknown;
    }
  | {
      /** Another process was downloading the blob and has gone; this one goes on with it. */
      readonly type: 'transfer-taken-over';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      /** The process, by the name of its socket in `kagami/owners`. */
      readonly from: string;
    }
  | {
      /** The whole storage was looked through. */
      readonly type: 'stock-taken';
      readonly images: number;
      readonly blobs: number;
      readonly bytes: number;
      readonly tookMs: number;
    }
  | {
      /** An image was removed from storage, with what no other one needs. */
      readonly type: 'evicted';
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly tags: readonly Tag[];
      /** How much that was. */
      readonly bytes: number;
      /** `deleted` because a client asked for it. */
      readonly why: 'expired' | 'over budget' | 'deleted';
    }
  | {
      /** What had to go has gone. */
      readonly type: 'cache-trimmed';
      readonly images: number;
      /** How many blobs there were that no image needed. */
      readonly orphans: number;
      readonly freedBytes: number;
      /** What is left, and what may be where that is limited. */
      readonly bytes: number;
      readonly maxBytes?: number;
    }
  | {
      /** More is in storage than may be, and all of it is kept, in use, or cannot be removed. */
      readonly type: 'over-budget';
      readonly bytes: number;
      readonly maxBytes: number;
    }
  | {
      /** Looking after the storage failed; it is tried again later. */
      readonly type: 'upkeep-failed';
      readonly what: string;
      readonly cause: unknown;
    }
  | {
      /** A host of the upstream kept failing and is not asked until a probe is answered. */
      readonly type: 'upstream-paused';
      readonly host: string;
      /** How many failures in a row there were. */
      readonly failures: number;
      /** The last of them. */
      readonly cause: Error;
    }
  | {
      /** It answers again. */
      readonly type: 'upstream-resumed';
      readonly host: string;
      readonly pausedMs: number;
    }
  | {
      /** It refuses for too many requests (429) and is not asked for `waitMs`. */
      readonly type: 'rate-limited';
      readonly host: string;
      /** The user name whose pulls alone are concerned; absent if that is nobody's or everybody's. */
      readonly account?: string;
      readonly waitMs: number;
    }
  | {
      /** It rejects a user name or its password, which are not tried again for a while. */
      readonly type: 'credentials-rejected';
      readonly host: string;
      readonly account: string;
    };

export interface Events {
  emit(event: MirrorEvent): void;
}
