import type { OutgoingHttpHeaders } from 'node:http';
import type { Content } from '../oci-content.ts';

/** What a server says to one request when nothing goes wrong. HEAD gets it without the body. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Uint8Array;
}

export const NO_BODY: Uint8Array = new Uint8Array(0);

export function text(status: number, body: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body: Buffer.from(body) };
}

export function json(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
export function ociError(
  status: number,
  code: string,
  message: string,
  detail: unknown = null,
): Answer {
  return json(status, { errors: [{ code, message, detail }] });
}

/** Etag and digest as the registry sends them; a CDN has an Etag of its own. */
export function contentHeaders(content: Content): OutgoingHttpHeaders {
  return { 'docker-content-digest': content.digest, etag: `"${content.digest}"` };
}
