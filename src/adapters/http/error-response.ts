import {
  BlobUnavailable,
  type ErrorCode,
  RangeNotSatisfiable,
  RegistryError,
  StorageFailed,
  TooManyAttempts,
  TooManyRequests,
  Unauthorized,
  UpstreamPaused,
  UpstreamTimeout,
} from '../../domain/errors.ts';
import type { Exchange } from './exchange.ts';
import type { AnswerHeaders } from './headers.ts';
import { RequestMalformed, RouteUnknown } from './refusals.ts';
import { ClientLeft } from './send-failures.ts';

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes, and the
 * statuses that the CNCF registry gives its own codes. `TAG_INVALID` is 404 because the
 * conformance suite asks for that.
 */
const STATUS: Record<ErrorCode, number> = {
  BLOB_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  // It came from the upstream: nobody sends manifests to a mirror.
  MANIFEST_INVALID: 502,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  TAG_INVALID: 404,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNAVAILABLE: 502,
  UNKNOWN: 500,
  UNSUPPORTED: 405,
};

interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly string[];
}

/** The only place where a failure becomes an answer, or the end of a connection. */
export function answerError(exchange: Exchange, headers: AnswerHeaders, error: unknown): void {
  if (!(error instanceof ClientLeft)) exchange.error = error;
  if (exchange.isOver) return;
  if (exchange.isBegun) {
    exchange.breakOff();
    return;
  }
  const { status, body, headers: more } = errorAnswer(error);
  const length = String(Buffer.byteLength(body));
  const type = ['Content-Type', 'application/json', 'Content-Length', length];
  exchange.answer(status, headers.with(...type, ...more), body);
}

function errorAnswer(error: unknown): ErrorAnswer {
  if (!(error instanceof RegistryError) || error instanceof StorageFailed) {
    // What it says was written for whoever runs the mirror: the access log has it.
    const body = errorBody('UNKNOWN', 'the mirror failed to answer; its log says why');
    return { status: 500, body, headers: [] };
  }
  const body = errorBody(error.code, error.message, error.detail);
  return { status: statusOf(error), body, headers: headersOf(error) };
}

export function errorBody(code: ErrorCode, message: string, detail?: unknown): string {
  return JSON.stringify({ errors: [{ code, message, detail: detail ?? null }] });
}

function statusOf(error: RegistryError): number {
  if (error instanceof RouteUnknown) return 404;
  if (error instanceof RequestMalformed) return 400;
  // The one status after which every client goes on to the next mirror, or to the Hub, at once.
  if (error instanceof BlobUnavailable) return 404;
  if (error instanceof UpstreamTimeout) return 504;
  if (error instanceof UpstreamPaused) return 503;
  return STATUS[error.code];
}

function headersOf(error: RegistryError): readonly string[] {
  if (error instanceof RangeNotSatisfiable && error.size !== undefined) {
    return ['Content-Range', `bytes */${error.size}`];
  }
  if (error instanceof Unauthorized) return ['WWW-Authenticate', error.challenge];
  if (isPassing(error) && error.retryAfterSeconds !== undefined) {
    return ['Retry-After', String(Math.max(0, Math.ceil(error.retryAfterSeconds)))];
  }
  return statusOf(error) === 405 ? ['Allow', 'GET, HEAD'] : [];
}

function isPassing(
  error: RegistryError,
): error is TooManyRequests | UpstreamPaused | TooManyAttempts {
  const kinds = [TooManyRequests, UpstreamPaused, TooManyAttempts];
  return kinds.some((kind) => error instanceof kind);
}
