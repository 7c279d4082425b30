import type { FreshnessPolicy, FreshnessRule } from '../../domain/freshness.ts';
import type { ImagePattern } from '../../domain/image-pattern.ts';
import type { Verification } from '../../domain/pull/stored-blobs.ts';
import type { ByteSize } from '../../domain/upkeep/byte-size.ts';
import type { Secret } from './secret.ts';

/** The whole configuration, checked and deeply frozen, as the rest of the program reads it. */
export interface Config {
  readonly upstream: UpstreamConfig;
  readonly storage: StorageConfig;
  /** Whether what is read from storage is compared with its digest. */
  readonly verification: Verification;
  /** Whether clients that say who they are may remove manifests. */
  readonly deletes: boolean;
  readonly cache: CacheConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly tags: TagsConfig;
  readonly catalog: CatalogConfig;
}

/** The registry that is mirrored. */
export interface UpstreamConfig {
  /** `http:`, `https:` or `file:`, without user info, query and fragment. Not to be changed. */
  readonly url: Readonly<URL>;
  /** What the upstream's token service is given, in the order of use; none for anonymous pulls. */
  readonly credentials: readonly UpstreamCredentials[];
  /** Asked before the upstream for content by digest. */
  readonly mirrors: readonly Readonly<URL>[];
  /** Whether nothing is ever asked. */
  readonly offline: boolean;
  /** How long a running download may bring no byte before it is resumed. */
  readonly stallTimeoutMs: number;
  /** How many attempts in a row may bring no byte. */
  readonly retries: number;
  /** How long the upstream is taken at its word that something is not there. */
  readonly negativeTtlMs: number;
}

export interface UpstreamCredentials {
  readonly username: string;
  readonly password: Secret;
}

/** Where the mirror keeps what it fetched. */
export type StorageConfig =
  | { readonly driver: 'filesystem'; readonly rootDirectory: string }
  | { readonly driver: 'inmemory' };

/** What stays in storage, and for how long. */
export interface CacheConfig {
  /** A share is one of the file system. */
  readonly maxSize: ByteSize;
  /** How far the cache is cleared when it has more than that; a share is one of `maxSize`. */
  readonly lowWater: ByteSize;
  /** Images that are never removed. */
  readonly keep: readonly ImagePattern[];
  /** How long after its last pull an image is removed, in milliseconds; 0 for never. */
  readonly ttlMs: number;
}

export interface HttpConfig {
  readonly listen: ListenConfig;
  /** Path below which everything is served; starts and ends with a slash, `/` by default. */
  readonly prefix: string;
  /** Headers added to each answer, by name as written. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** How long running answers may take to end after a stop signal, in milliseconds; 0: no wait. */
  readonly drainTimeoutMs: number;
  readonly limits: LimitsConfig;
}

/** What clients may cost. Times in milliseconds. */
export interface LimitsConfig {
  /** Request line and headers together, in bytes. */
  readonly headerBytes: number;
  readonly headerTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly idleTimeoutMs: number;
  /** How long a client may take no byte of what is sent to it. */
  readonly writeTimeoutMs: number;
  /** Connections at a time; 0 for any number. */
  readonly connections: number;
  /** Downloads from the upstream at a time. */
  readonly transfers: number;
}

/** `host` is absent for all interfaces; port 0 lets the system choose one. */
export type ListenConfig =
  | { readonly kind: 'tcp'; readonly host?: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogConfig {
  readonly level: LogLevel;
  readonly formatter: 'text' | 'json';
  /** Fields added to each line. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether each request is logged. */
  readonly accessLog: boolean;
}

export interface TagsConfig {
  /** How fresh a tag must be that no rule is for. */
  readonly freshness: FreshnessPolicy;
  /** The first that matches counts. */
  readonly rules: readonly FreshnessRule[];
  /** How long asking the upstream for a tag may take before the cached copy is served. */
  readonly timeoutMs: number;
  /** Most tags that one answer of `tags/list` holds. */
  readonly pageLimit: number;
}

export interface CatalogConfig {
  /** Most repositories that one answer of `_catalog` holds. */
  readonly pageLimit: number;
}
