import type { Clock } from '../../../domain/ports/clock.ts';
import { within } from './deadline.ts';
import { discard, mediaTypeOf } from './http-answer.ts';
import type { HttpRequest, HttpSender } from './http-client.ts';

const TIMEOUT_MS = 10_000;

/**
 * Whether a host answers the cheapest of questions, with whatever it has to say: `GET /v2/` at the
 * registry, `HEAD /` elsewhere. A web page in place of the registry's API is no answer.
 */
export async function answersProbe(
  { http, clock, base }: { http: HttpSender; clock: Clock; base: URL },
  origin: string,
): Promise<boolean> {
  const isRegistry = origin === base.origin;
  const question: Pick<HttpRequest, 'method' | 'url'> = isRegistry
    ? { method: 'GET', url: base }
    : { method: 'HEAD', url: new URL('/', origin) };
  const bounds = { clock, host: new URL(origin).host, ms: TIMEOUT_MS };
  try {
    return await within(bounds, async (signal) => {
      const answer = await http.send({ ...question, headers: {}, signal });
      await discard(answer);
      const isPage = answer.status === 200 && mediaTypeOf(answer) === 'text/html';
      return answer.status < 500 && !(isRegistry && isPage);
    });
  } catch {
    return false;
  }
}
