/** A bearer token and until when it may be used, in milliseconds since 1970. */
export interface Token {
  readonly value: string;
  readonly usableUntil: number;
}

/** What the token spec says to assume, and clients to raise smaller values to. */
const LEAST_SECONDS = 60;
const MOST_SECONDS = 24 * 60 * 60;

/** A request needs some time to arrive, and clocks drift. */
const MARGIN_MS = 10_000;

/** What may be in a header (RFC 6750 §2.1 allows less). */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * The token in a token service's answer, or undefined if there is none
 * (https://distribution.github.io/distribution/spec/auth/token/#token-response-fields).
 * Its time is counted from now on: `issued_at` is the time of another clock.
 */
export function parseToken(body: string, nowMs: number): Token | undefined {
  const json = parseJson(body);
  const value = [json?.['token'], json?.['access_token']].find(isToken);
  if (value === undefined) return undefined;
  const announced = json?.['expires_in'];
  const seconds = typeof announced === 'number' ? announced : LEAST_SECONDS;
  const lifetime = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, seconds)) * 1000;
  return { value, usableUntil: nowMs + lifetime - MARGIN_MS };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value);
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}
