import type { AccelerationOptions } from '../../adapters/http/acceleration.ts';
import type { TlsOptions } from '../../adapters/http/tls-files.ts';
import type { FreshnessPolicy, FreshnessRule } from '../../domain/freshness.ts';
import type { ImagePattern } from '../../domain/image-pattern.ts';
import type { Verification } from '../../domain/pull/stored-blobs.ts';
import type { ByteSize } from '../../domain/upkeep/byte-size.ts';
import type { Origin } from './origin.ts';
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
  readonly auth: AuthConfig;
  readonly log: LogConfig;
  readonly tags: TagsConfig;
  readonly catalog: CatalogConfig;
}

/** The registry that is mirrored. */
export interface UpstreamConfig {
  /**
   * `http:`, `https:` or `file:`, without user info, query and fragment; or `module:`. Not to be
   * changed.
   */
  readonly url: Readonly<URL>;
  /** What is behind a `module:` URL. */
  readonly plugin?: PluginConfig;
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
  /** How many parts of one large blob are downloaded at a time. */
  readonly parallel: number;
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
  | { readonly driver: 'inmemory' }
  | S3Config
  | { readonly driver: 'module'; readonly plugin: PluginConfig };

/** A bucket. What is undefined is left to the service. */
export interface S3Config {
  readonly driver: 's3';
  readonly bucket: string;
  /** What every key begins with; without slashes at its ends. */
  readonly prefix: string;
  readonly region: string;
  /** The URL of a service other than AWS. */
  readonly endpoint: string | undefined;
  /** The URL of the service for clients that are sent there; undefined if it is the same. */
  readonly redirectEndpoint: string | undefined;
  /** Whether clients are sent to the bucket for blobs. */
  readonly redirects: boolean;
  /** Undefined for what the environment has. */
  readonly credentials: S3CredentialsConfig | undefined;
  readonly pathStyle: boolean;
  readonly secure: boolean;
  readonly skipVerify: boolean;
  readonly dualStack: boolean;
  readonly fips: boolean;
  readonly accelerate: boolean;
  readonly userAgent: string | undefined;
  readonly encrypt: boolean;
  readonly kmsKeyId: string | undefined;
  readonly storageClass: string | undefined;
  readonly acl: string | undefined;
  /** Of a part of a multipart upload, in bytes. */
  readonly partBytes: number;
  /** The directory of what is on its way to the bucket. */
  readonly staging: string;
  /** How much may lie there, in bytes. */
  readonly stagingBytes: number;
}

export interface S3CredentialsConfig {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  readonly sessionToken: Secret | undefined;
}

/** A module of somebody else's, and what it is told. */
export interface PluginConfig {
  /** What to import: a package's name, or a path. */
  readonly module: string;
  /** For its own schema to check; nobody else knows which of them are secret. */
  readonly options: Secret<PluginOptions>;
  /** Where it is named, and where its options are. */
  readonly named: ConfigPlace;
  readonly configured: ConfigPlace;
}

export type PluginOptions = Readonly<Record<string, unknown>>;

/** A key and where it is set, for messages. */
export interface ConfigPlace {
  readonly key: string;
  readonly origin: Origin;
}

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
  /** How many processes serve, 1 or more. */
  readonly workers: number;
  readonly listen: ListenConfig;
  /** Path below which everything is served; starts and ends with a slash, `/` by default. */
  readonly prefix: string;
  /** Headers added to each answer, by name as written. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** How long running answers may take to end after a stop signal, in milliseconds; 0: no wait. */
  readonly drainTimeoutMs: number;
  readonly limits: LimitsConfig;
  /** Under which clients reach the mirror, where it is said. Not to be changed. */
  readonly url: Readonly<URL> | undefined;
  /** Addresses, networks, and `unix:`; theirs is the word on whom they ask for. */
  readonly trustedProxies: readonly string[];
  /** How such a proxy is told to send a blob's file itself; absent where none is. */
  readonly acceleration: AccelerationOptions | undefined;
  /** Undefined where mirrors of one bucket wait for each other's downloads until they are stored. */
  readonly peers: PeersConfig | undefined;
  /** Absent for HTTP in clear; the files were there, and right, when the configuration was read. */
  readonly tls: TlsOptions | undefined;
}

/** How mirrors of one bucket take running downloads from each other. */
export interface PeersConfig {
  /** The same for all of them. */
  readonly secret: Secret;
  /** Under which the others reach this one, with the prefix; undefined if they cannot. */
  readonly url: string | undefined;
}

/** How clients show that they may pull. */
export type AuthConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'htpasswd'; readonly realm: string; readonly path: string };

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
