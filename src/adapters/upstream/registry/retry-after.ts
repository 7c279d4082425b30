import { type HttpAnswer, header } from './http-answer.ts';

/** Nobody is kept waiting for longer, whatever the upstream says. */
const LONGEST_SECONDS = 3600;

/** From here on a number is a time and not a wait: Docker Hub was seen sending such. */
const FIRST_TIMESTAMP = 1_000_000_000;

/** `Sun, 06 Nov 1994 08:49:37 GMT` and the two older forms (RFC 9110 §5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? /;

/** The wait in seconds that a `Retry-After` header asks for (RFC 9110 §10.2.3). */
export function retryAfterSeconds(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  const seconds = /^\d+(?:\.\d+)?$/.test(text)
    ? ofNumber(Number(text), nowMs)
    : ofDate(text, nowMs);
  if (seconds === undefined) return undefined;
  return Math.min(LONGEST_SECONDS, Math.max(0, Math.ceil(seconds)));
}

function ofNumber(number: number, nowMs: number): number {
  return number < FIRST_TIMESTAMP ? number : number - nowMs / 1000;
}

function ofDate(text: string, nowMs: number): number | undefined {
  const time = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : (time - nowMs) / 1000;
}

/** The wait in milliseconds that an answer asks for, if it does. */
export function retryAfterMs(answer: HttpAnswer, nowMs: number): number | undefined {
  const seconds = retryAfterSeconds(header(answer, 'retry-after'), nowMs);
  return seconds === undefined ? undefined : seconds * 1000;
}
