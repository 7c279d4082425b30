import type { Config } from '../config/config.ts';
import { quoted } from '../config/redact.ts';

/** Where clients find the mirror, and what it mirrors to them. */
export interface MirrorAddress {
  /** Without a path. */
  readonly origin: string;
  /** `mirror.example:5000`. */
  readonly host: string;
  /** Path below which it serves, `/` in most cases; starts and ends with a slash. */
  readonly path: string;
  readonly isSecure: boolean;
  readonly isLoopback: boolean;
  /** Whether it asks for a user name and a password. */
  readonly hasPasswords: boolean;
  /** The registry that clients mean when they go to the mirror. */
  readonly registry: string;
}

/** The registry of images whose names have no host in them. */
export const DOCKER_HUB = 'docker.io';

const HUB_HOSTS = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'];

/**
 * The address for clients.
 *
 * @param url says it, where the configuration cannot
 * @param hostname this machine's name, for a mirror that listens on all of its interfaces
 * @returns a sentence, if nothing says it
 */
export function mirrorAddress(
  config: Config,
  url: string | undefined,
  hostname: string,
): MirrorAddress | string {
  const { http, auth, upstream } = config;
  const found = url === undefined ? (http.url ?? listenUrl(config, hostname)) : given(url);
  if (typeof found === 'string') return found;
  return {
    origin: found.origin,
    host: found.host,
    path: found.pathname === '/' ? http.prefix : withSlash(found.pathname),
    isSecure: found.protocol === 'https:',
    isLoopback: /^(localhost|127\..*|\[::1\])$/.test(found.hostname),
    hasPasswords: auth.kind === 'htpasswd',
    registry: registryOf(upstream.url),
  };
}

function listenUrl({ http }: Config, hostname: string): URL | string {
  const { listen } = http;
  const say = 'say where clients find the mirror with --url, or with http.host';
  if (listen.kind === 'unix') return `the mirror listens on a Unix socket: ${say}`;
  if (listen.port === 0) return `the mirror takes any free port: ${say}`;
  const isAny = listen.host === undefined || ['', '0.0.0.0', '::'].includes(listen.host);
  const host = isAny ? hostname : listen.host;
  const name = host?.includes(':') ? `[${host}]` : host;
  return new URL(`${http.tls === undefined ? 'http' : 'https'}://${name}:${listen.port}`);
}

function given(url: string): URL | string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isRight = parsed !== undefined && /^https?:$/.test(parsed.protocol) && !parsed.username;
  return isRight ? parsed : `--url must be such as https://mirror.example:5000, not ${quoted(url)}`;
}

/**
 * An upstream in clear or at a path is a mirror, too, and one of Docker Hub more likely than not, as a
 * directory is.
 */
function registryOf({ protocol, host, hostname, pathname }: Readonly<URL>): string {
  const isRegistry = protocol === 'https:' && pathname === '/' && !HUB_HOSTS.includes(hostname);
  return isRegistry ? host : DOCKER_HUB;
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
