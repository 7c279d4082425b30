import { createHash } from 'node:crypto';
import { type Answer, text } from './answer.ts';
import { ranged } from './byte-range.ts';
import type { Endpoint, HubRequest } from './hub-request.ts';
import type { HubState } from './hub-state.ts';
import { digestIn } from './links.ts';

const XML = { 'content-type': 'application/xml' };

function refused(status: number, code: string, message: string): Answer {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return text(status, `<?xml version="1.0" encoding="UTF-8"?>${body}`, XML);
}

/** A CDN's headers: an Etag that is not the digest, and no word of the digest. */
function headersFor(digest: string): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    etag: `"${createHash('md5').update(digest).digest('hex')}"`,
    'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
    'cache-control': 'public, max-age=14400',
    'set-cookie': '__cf_bm=double; path=/; HttpOnly',
    server: 'cloudflare',
  };
}

function answer(state: HubState, request: HubRequest, range: string | undefined): Answer {
  // https://github.com/renovatebot/renovate/issues/3877
  if (request.headers.authorization !== undefined) {
    return refused(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  const digest = state.links.verify(request.url);
  if (digest === undefined) return refused(403, 'AccessDenied', 'Request has expired');
  const blob = state.repositories.blob(digest);
  if (!blob) return refused(404, 'NoSuchKey', 'The specified key does not exist.');
  const full: Answer = { status: 200, headers: headersFor(digest), body: blob.bytes };
  const ifRange = request.headers['if-range'];
  const applies = ifRange === undefined || ifRange === full.headers['etag'];
  return ranged(full, applies ? range : undefined);
}

/** production.cloudflare.docker.com and its like */
export function cdnEndpoint(state: HubState): Endpoint {
  return (request) => {
    const reference = digestIn(request.url.pathname);
    return {
      kind: request.method === 'GET' ? 'cdn-get' : 'other',
      ...(reference !== undefined && { reference }),
      answer: (range) => answer(state, request, range),
    };
  };
}
