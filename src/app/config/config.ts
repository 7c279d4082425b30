import type { Secret } from './secret.ts';

/** The whole configuration, checked and deeply frozen, as the rest of the program reads it. */
export interface Config {
  readonly upstream: UpstreamConfig;
  readonly storage: StorageConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly tags: TagsConfig;
  readonly catalog: CatalogConfig;
}

/** The registry that is mirrored. */
export interface UpstreamConfig {
  /** `http:`, `https:` or `file:`, without user info, query and fragment. Not to be changed. */
  readonly url: Readonly<URL>;
  /** What the upstream's token service is given; absent for anonymous pulls. */
  readonly credentials?: UpstreamCredentials;
}

export interface UpstreamCredentials {
  readonly username: string;
  readonly password: Secret;
}

/** Where the mirror keeps what it fetched. */
export type StorageConfig =
  | { readonly driver: 'filesystem'; readonly rootDirectory: string }
  | { readonly driver: 'inmemory' };

export interface HttpConfig {
  readonly listen: ListenConfig;
  /** Path below which everything is served; starts and ends with a slash, `/` by default. */
  readonly prefix: string;
  /** Headers added to each answer, by name as written. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** How long running answers may take to end after a stop signal, in milliseconds; 0: no wait. */
  readonly drainTimeoutMs: number;
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
  /** How long asking the upstream for a tag may take before the cached copy is served. */
  readonly timeoutMs: number;
  /** Most tags that one answer of `tags/list` holds. */
  readonly pageLimit: number;
}

export interface CatalogConfig {
  /** Most repositories that one answer of `_catalog` holds. */
  readonly pageLimit: number;
}
