import {
  UpstreamBadAnswer,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../domain/errors.ts';
import { DeadlineOver } from './deadline.ts';

const TIMEOUTS = new Set([
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

/** undici's errors of an answer that is no HTTP; they have the parser's many codes. */
const UNREADABLE = new Set(['HTTPParserError', 'HeadersOverflowError']);

/** What the codes that operators meet mean; the others speak for themselves. */
const MEANING: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  EAI_AGAIN: 'its name cannot be looked up for now',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  ENOTFOUND: 'its name is not known',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an authority that is not trusted here',
  UND_ERR_ABORTED: 'the request was given up',
  UND_ERR_DESTROYED: 'the mirror is stopping',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'it ended before its announced length',
  UND_ERR_SOCKET: 'the connection was closed',
};

/**
 * What an error of the HTTP client means for the domain. Only the host is told, never the URL: a
 * CDN's query is as good as a password.
 */
export function failureOf(error: unknown, url: URL): UpstreamFailure {
  const { host } = url;
  // A request may have been sent on to another host than the one it began with.
  if (error instanceof DeadlineOver) return error.waitingFor(host);
  if (error instanceof UpstreamFailure) return error;
  const code = codeOf(error);
  const detail = { host, code };
  if (TIMEOUTS.has(code)) {
    return new UpstreamTimeout(`${host} did not answer in time`, { detail, cause: error });
  }
  // The parser's error carries what it could not parse, a token for instance: it is no cause to log.
  if (error instanceof Error && UNREADABLE.has(error.name)) {
    return new UpstreamBadAnswer(`${host} does not speak HTTP: ${error.message}`, { detail });
  }
  const reason = MEANING[code] ?? (error instanceof Error ? error.message : String(error));
  return new UpstreamUnreachable(`${host} cannot be reached: ${reason}`, { detail, cause: error });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
