import type { AccelerationOptions } from './acceleration.ts';
import type { TlsOptions } from './tls-files.ts';

/** Where the server listens; without `host` on all interfaces, and on port 0 on one that is free. */
export type ListenOn =
  | { readonly kind: 'tcp'; readonly host?: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface HttpOptions {
  readonly listen: ListenOn;
  /** Path below which the registry is served; starts and ends with a slash. */
  readonly prefix: string;
  /** Headers added to every answer. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Most tags in one answer; who asks for more gets so many and a link to the next. */
  readonly tagsLimit: number;
  /** Most repositories in one answer; to ask for more is an error, as it is in the CNCF registry. */
  readonly catalogLimit: number;
  /** The values of the `ns` parameter that are served; undefined for any. */
  readonly namespaces: readonly string[] | undefined;
  /** Whether a name of one word means `library/` and that word: the upstream is Docker Hub. */
  readonly libraryByDefault: boolean;
  /**
   * Proxies that are believed when they say whom they ask for (`X-Forwarded-For`): addresses,
   * networks such as `10.0.0.0/8`, and `unix:` for whoever comes by a Unix socket.
   */
  readonly trustedProxies: readonly string[];
  /** Lets trusted proxies that offer it send the files of stored blobs. */
  readonly acceleration?: AccelerationOptions | undefined;
  /** HTTPS in place of HTTP. */
  readonly tls?: TlsOptions | undefined;
  /** Whether a client that may read may also remove manifests. */
  readonly mayDelete: boolean;
  readonly limits?: Partial<HttpLimits>;
}

/** What a client may cost; times in milliseconds. */
export interface HttpLimits {
  /** Request line and headers together, in bytes. */
  readonly maxHeaderBytes: number;
  /** How long a client may take to send its headers. */
  readonly headersTimeoutMs: number;
  /** How long it may take to send the whole request. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveTimeoutMs: number;
  /** How long a client may take no byte of what is being sent to it. */
  readonly writeTimeoutMs: number;
  /** Connections at a time; 0 for any number. */
  readonly connections: number;
  /** Memory for the bytes on their way from storage to all clients together. */
  readonly bufferBytes: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 300_000,
  // Above the 60 s after which load balancers and nginx give up an idle connection, so that it is
  // never this side that closes one under a request.
  keepAliveTimeoutMs: 75_000,
  writeTimeoutMs: 300_000,
  connections: 10_000,
  bufferBytes: 32 * 1024 * 1024,
};

export const DEFAULT_OPTIONS: HttpOptions = {
  listen: { kind: 'tcp', port: 5000 },
  prefix: '/',
  headers: {},
  tagsLimit: 1000,
  catalogLimit: 1000,
  namespaces: undefined,
  libraryByDefault: true,
  trustedProxies: [],
  mayDelete: false,
};
