import { quoted } from './redact.ts';

/** Where Docker Hub's registry answers. */
export const DOCKER_HUB = 'https://registry-1.docker.io';

/** Names under which people know the Hub, and which are no registry. */
const HUB_PAGES = ['docker.io', 'hub.docker.com', 'www.docker.io'];

/** What the name of a module of somebody else's begins with. */
export const MODULE = 'module:';

interface UpstreamUrl {
  readonly url: URL;
  /** The module that a `module:` URL names. */
  readonly module?: string;
  /** A sentence that goes on after the key. */
  readonly warning?: string;
}

/**
 * Reads `proxy.remoteurl`.
 *
 * @returns the URL, or what is wrong with it: a sentence that goes on after the key.
 */
export function upstreamUrl(written: string): UpstreamUrl | string {
  const module = moduleOf(written);
  if (module === '') return `must name a module, such as \`${MODULE}@acme/upstream\``;
  if (module !== undefined) return { url: new URL(written), module };
  const url = parsed(written);
  if (typeof url === 'string') return url;
  if (url.protocol === 'file:') return refusedFile(url) ?? { url };
  if (!isWeb(url)) return `must be an http, https, file or module URL, not ${quoted(url.protocol)}`;
  return refusedWeb(url, 'set proxy.username and proxy.password instead') ?? registryAt(url);
}

/** Reads an item of `proxy.mirrors`: as {@link upstreamUrl}, but a mirror is a registry. */
export function mirrorUrl(written: string): UpstreamUrl | string {
  const url = parsed(written);
  if (typeof url === 'string') return url;
  if (!isWeb(url)) return `must be an http or https URL, not ${quoted(url.protocol)}`;
  return refusedWeb(url, 'a mirror is asked without') ?? registryAt(url);
}

function moduleOf(written: string): string | undefined {
  return written.startsWith(MODULE) ? written.slice(MODULE.length) : undefined;
}

function parsed(written: string): URL | string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return withoutScheme(written);
  if (URL.canParse(written)) return new URL(written);
  return `must be a URL such as \`${DOCKER_HUB}\`, not ${quoted(written)}`;
}

function withoutScheme(written: string): string {
  const withScheme = `https://${written}`;
  // What stands before an @ may be a password, so nothing of it is repeated.
  const plain = !/[@?#\s]/.test(written) && URL.canParse(withScheme);
  const example = plain ? withScheme : DOCKER_HUB;
  return `must begin with a scheme; did you mean \`${example}\`?`;
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

function refusedWeb(url: URL, instead: string): string | undefined {
  const hasUser = url.username !== '' || url.password !== '';
  return hasUser ? `must not hold a user name or password; ${instead}` : refusedRest(url);
}

function refusedFile(url: URL): string | undefined {
  if (url.host !== '') return `must be written \`file:///DIR\`, with three slashes`;
  return refusedRest(url);
}

function refusedRest(url: URL): string | undefined {
  const rest = url.search !== '' || url.hash !== '';
  return rest ? 'must end with the path; a query or a fragment means nothing there' : undefined;
}

function registryAt(url: URL): UpstreamUrl {
  if (!HUB_PAGES.includes(url.hostname)) return { url };
  const warning = `names ${url.hostname}, which is not a registry; Docker Hub's is ${DOCKER_HUB}, which is used.`;
  return { url: new URL(DOCKER_HUB), warning };
}
