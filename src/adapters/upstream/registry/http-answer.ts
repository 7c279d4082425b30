import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { UpstreamBadAnswer, type UpstreamFailure } from '../../../domain/errors.ts';
import { failureOf } from './http-failure.ts';

/** An answer whose headers are here. Its body must be read, discarded or destroyed. */
export interface HttpAnswer {
  /** Where it came from in the end. */
  readonly url: URL;
  /** Whether a redirect led to another origin, such as a CDN, which speaks for itself only. */
  readonly elsewhere: boolean;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /**
   * Tells whether it made sense, or what was wrong with it, for the sake of the host's reputation.
   * What is told first counts.
   */
  readonly settle: (failure?: UpstreamFailure) => void;
}

/** More than this of a body that nobody wants is not worth the connection it comes on. */
const WORTH_READING = 64 * 1024;

/** Every value of a header that may come several times. */
export function headerValues(answer: HttpAnswer, name: string): readonly string[] {
  const value: string | string[] | undefined = answer.headers[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

export function header(answer: HttpAnswer, name: string): string | undefined {
  return headerValues(answer, name)[0];
}

/** The `Content-Type` without its parameters, in lower case. */
export function mediaTypeOf(answer: HttpAnswer): string | undefined {
  const type = header(answer, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === '' ? undefined : type;
}

/** The announced length of the body; for HEAD, of the one that GET would have. */
export function lengthOf(answer: HttpAnswer): number | undefined {
  const text = header(answer, 'content-length') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The whole body, which must not be larger than `limit` bytes. */
export async function readBody(answer: HttpAnswer, limit: number): Promise<Buffer> {
  if ((lengthOf(answer) ?? 0) > limit) throw tooLarge(answer, limit);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > limit) throw tooLarge(answer, limit);
      pieces.push(piece);
    }
  } catch (error) {
    const failure = failureOf(error, answer.url);
    answer.settle(failure);
    throw failure;
  }
  return Buffer.concat(pieces, length);
}

/**
 * Does without the body, since the headers say all: reads to the end what is short, so that the
 * connection can be used again, and breaks off the rest.
 */
export async function discard(answer: HttpAnswer): Promise<void> {
  answer.settle();
  await readStart(answer);
}

/** The beginning of a body of which an error's text is expected; what goes wrong with it is no matter. */
export async function readStart(answer: HttpAnswer): Promise<Buffer> {
  try {
    return await readBody(answer, WORTH_READING);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Gives up the rest of the body, and the connection with it. */
export function breakOff(answer: HttpAnswer): void {
  answer.body.destroy();
}

function tooLarge(answer: HttpAnswer, limit: number): UpstreamBadAnswer {
  breakOff(answer);
  const { host } = answer.url;
  const message = `${host} sent more than ${limit} bytes where less was expected`;
  const failure = new UpstreamBadAnswer(message, { detail: { host, limit } });
  answer.settle(failure);
  return failure;
}
