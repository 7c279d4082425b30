import { badAnswer } from './answer-failure.ts';
import { discard, type HttpAnswer, header } from './http-answer.ts';
import type { HttpRequest, HttpSender } from './http-client.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_HOPS = 5;

/**
 * Sends a request and follows where it is sent on to. Every hop has the same method and headers
 * (`Range` too), but never the `Authorization` on another origin: object stores refuse a request
 * with two proofs, and the token is nobody else's to read.
 */
export async function sendFollowing(client: HttpSender, request: HttpRequest): Promise<HttpAnswer> {
  let hop = request;
  let elsewhere = false;
  for (let hops = 0; ; hops++) {
    const answer = await client.send(hop);
    if (!REDIRECTS.has(answer.status)) return { ...answer, elsewhere };
    if (hops === MOST_HOPS) throw badAnswer(answer, `redirects more than ${MOST_HOPS} times`);
    const url = target(answer);
    await discard(answer);
    if (url.origin !== hop.url.origin) {
      elsewhere = true;
      hop = { ...hop, headers: withoutAuthorization(hop.headers) };
    }
    hop = { ...hop, url };
  }
}

function target(answer: HttpAnswer): URL {
  const { href, protocol } = answer.url;
  const location = header(answer, 'location') ?? '';
  const url = location !== '' && URL.canParse(location, href) && new URL(location, href);
  const allowed = protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (url && allowed.includes(url.protocol)) return withoutUserInfo(url);
  const where = url ? `an address of type ${url.protocol}` : 'nowhere';
  throw badAnswer(answer, `redirects to ${where}`);
}

function withoutUserInfo(url: URL): URL {
  url.username = '';
  url.password = '';
  return url;
}

function withoutAuthorization(headers: HttpRequest['headers']): HttpRequest['headers'] {
  const { authorization: _, ...others } = headers;
  return others;
}
