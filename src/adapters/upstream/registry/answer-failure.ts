import {
  Denied,
  NameUnknown,
  type RegistryError,
  TooManyRequests,
  UpstreamBadAnswer,
} from '../../../domain/errors.ts';
import { breakOff, type HttpAnswer, header, mediaTypeOf, readStart } from './http-answer.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** Of a text that somebody else wrote, no more than this is passed on. */
const LONGEST_MESSAGE = 300;

/**
 * What an answer that is not the asked-for one means; `unknown` is what a 404 means, where it has a
 * meaning. A host that a redirect led to can say nothing about names and rights: an expired link is
 * no denial. Consumes the body.
 */
export async function failureOfAnswer(
  answer: HttpAnswer,
  nowMs: number,
  unknown?: (detail: object) => RegistryError,
): Promise<RegistryError> {
  const { status, elsewhere, url } = answer;
  const said = await readError(answer);
  const detail = { host: url.host, status, ...said };
  if (status === 429) {
    const seconds = retryAfterSeconds(header(answer, 'retry-after'), nowMs);
    return new TooManyRequests(`${url.host} answers no more requests for now`, seconds, detail);
  }
  if (!elsewhere) {
    if (said.code === 'NAME_UNKNOWN' || said.code === 'NAME_INVALID') return nameUnknown(detail);
    if (status === 404 && unknown) return unknown(detail);
    // A web page comes from something in between that knows nothing of repositories.
    if (status === 403 && mediaTypeOf(answer) !== 'text/html') return denied(detail);
  }
  const message = `${url.host} answered with status ${status}`;
  return unsettled(answer, new UpstreamBadAnswer(message, { detail }));
}

/** A registry that hides what may not be seen does not say which of the two it is. */
export function nameUnknown(detail: object): NameUnknown {
  const message = 'the upstream does not know the repository, or does not let us see it';
  return new NameUnknown(message, { detail });
}

/**
 * Refuses what cannot be the content: a coded body, whose bytes and length are not those of the
 * content, and a web page, as captive portals and broken proxies send it under status 200.
 *
 * @throws UpstreamBadAnswer
 */
export function requireContent(answer: HttpAnswer): void {
  const coding = header(answer, 'content-encoding')?.toLowerCase() ?? 'identity';
  const problem =
    coding === 'identity' ? undefined : `a body coded as ${coding}, which nobody asked for`;
  const page = mediaTypeOf(answer) === 'text/html' ? 'a web page' : undefined;
  if (problem !== undefined || page !== undefined) {
    throw badAnswer(answer, `sent ${page ?? problem}`);
  }
}

/** Breaks off an answer that makes no sense; `what` completes "HOST …". */
export function badAnswer(answer: HttpAnswer, what: string): UpstreamBadAnswer {
  breakOff(answer);
  const { host } = answer.url;
  const detail = { host, status: answer.status };
  return unsettled(answer, new UpstreamBadAnswer(`${host} ${what}`, { detail }));
}

function unsettled(answer: HttpAnswer, failure: UpstreamBadAnswer): UpstreamBadAnswer {
  answer.settle(failure);
  return failure;
}

function denied(detail: object): Denied {
  return new Denied('the upstream does not allow us to read the repository', { detail });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
async function readError(answer: HttpAnswer): Promise<{ code?: string; message?: string }> {
  const body = await readStart(answer);
  try {
    const { errors } = JSON.parse(body.toString()) as { errors: Record<string, unknown>[] };
    const { code, message } = errors[0] ?? {};
    return {
      ...(typeof code === 'string' && { code: code.slice(0, LONGEST_MESSAGE) }),
      ...(typeof message === 'string' && { message: message.slice(0, LONGEST_MESSAGE) }),
    };
  } catch {
    return {};
  }
}
