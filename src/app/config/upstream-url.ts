import { quoted } from './redact.ts';

/** Where Docker Hub's registry answers. */
export const DOCKER_HUB = 'https://registry-1.docker.io';

/** Names under which people know the Hub, and which are no registry. */
const HUB_PAGES = ['docker.io', 'hub.docker.com', 'www.docker.io'];

interface UpstreamUrl {
  readonly url: URL;
  readonly warning?: string;
}

/**
 * Reads `proxy.remoteurl`.
 *
 * @returns the URL, or what is wrong with it: a sentence that goes on after the key.
 */
export function upstreamUrl(written: string): UpstreamUrl | string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return withoutScheme(written);
  if (!URL.canParse(written))
    return `must be a URL such as \`${DOCKER_HUB}\`, not ${quoted(written)}`;
  const url = new URL(written);
  const refusal = url.protocol === 'file:' ? refusedFile(url) : refusedParts(url);
  if (refusal !== undefined) return refusal;
  return HUB_PAGES.includes(url.hostname) ? hubInstead(url) : { url };
}

/** Reads an item of `proxy.mirrors`: as {@link upstreamUrl}, but a mirror is a registry. */
export function mirrorUrl(written: string): URL | string {
  const parsed = upstreamUrl(written);
  if (typeof parsed === 'string') return parsed;
  return parsed.url.protocol === 'file:' ? 'must be an http or https URL' : parsed.url;
}

function withoutScheme(written: string): string {
  const withScheme = `https://${written}`;
  // What stands before an @ may be a password, so nothing of it is repeated.
  const plain = !/[@?#\s]/.test(written) && URL.canParse(withScheme);
  const example = plain ? withScheme : DOCKER_HUB;
  return `must begin with a scheme; did you mean \`${example}\`?`;
}

function refusedParts(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `must be an http, https or file URL, not ${quoted(url.protocol)}`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user name or password; set proxy.username and proxy.password instead';
  }
  return refusedRest(url);
}

function refusedFile(url: URL): string | undefined {
  if (url.host !== '') return `must be written \`file:///DIR\`, with three slashes`;
  return refusedRest(url);
}

function refusedRest(url: URL): string | undefined {
  const rest = url.search !== '' || url.hash !== '';
  return rest ? 'must end with the path; a query or a fragment means nothing there' : undefined;
}

function hubInstead(url: URL): UpstreamUrl {
  const warning = `proxy.remoteurl: ${url.hostname} is not a registry; Docker Hub's is ${DOCKER_HUB}, which is used.`;
  return { url: new URL(DOCKER_HUB), warning };
}
