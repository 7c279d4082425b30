import type { BlobStore } from '../../../domain/ports/blob-store.ts';
import type { BoundedCache } from '../../../domain/ports/bounded-cache.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Owners } from '../../../domain/ports/owners.ts';
import type { Signer } from '../../../domain/ports/signer.ts';

/** How the service is reached. */
export interface S3Connection {
  readonly region: string;
  /** Of a service other than AWS. */
  readonly endpoint: string | undefined;
  /** Whether the bucket's name is in the path, and not in the host's name. */
  readonly isPathStyle: boolean;
  /** Undefined for whatever the SDK finds: variables, a profile, the machine's role. */
  readonly credentials: S3Credentials | undefined;
  readonly isTls: boolean;
  /** Whether any certificate will do. */
  readonly skipVerify: boolean;
  readonly useDualstack: boolean;
  readonly useFips: boolean;
  readonly accelerate: boolean;
  readonly userAgent: string | undefined;
}

export interface S3Credentials {
  readonly accessKey: () => string;
  readonly secretKey: () => string;
  readonly sessionToken: () => string | undefined;
}

/** What every object is written with. */
export interface S3ObjectOptions {
  readonly encrypt: boolean;
  readonly kmsKeyId: string | undefined;
  /** Undefined for the bucket's own. */
  readonly storageClass: string | undefined;
  /** Undefined for the bucket's own. */
  readonly acl: string | undefined;
}

/** The processes that stage in the same place. */
export interface LocalOwners extends Pick<Owners, 'self' | 'presumeGone'> {
  /** Whether that one was here, and has certainly ended. */
  hasDied(owner: string): Promise<boolean>;
}

/** Where blobs lie on their way to the bucket: another storage, of which nothing is ever visible. */
export interface LocalStaging {
  readonly blobs: Pick<BlobStore, 'stage' | 'follow'>;
  readonly owners: LocalOwners;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** How mirrors of the bucket take running downloads from each other. */
export interface S3Peers {
  /** Below which the others reach this one; undefined if they are not to. Ends with a slash. */
  readonly url: string | undefined;
  /** They have the same. */
  readonly signer: Signer;
}

export interface S3Options {
  readonly bucket: string;
  /** What every key begins with; without slashes at its ends. */
  readonly prefix: string;
  readonly connection: S3Connection;
  readonly objects: S3ObjectOptions;
  /** The size of a part of a multipart upload, in bytes: 5 MiB or more. */
  readonly partBytes: number;
  readonly staging: LocalStaging;
  /** How much may lie there, in bytes. */
  readonly stagingBytes: number;
  /** The endpoint for clients that fetch blobs by themselves; they do so only if this is given. */
  readonly redirects: { readonly endpoint: string | undefined } | undefined;
  /** Undefined where they wait until a blob is in the bucket. */
  readonly peers: S3Peers | undefined;
  /** What is known of the blobs in the bucket. */
  readonly sizes: BoundedCache<number>;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly warn: (message: string) => void;
}
