import { type Answer, contentHeaders, NO_BODY, ociError } from './answer.ts';
import { ranged } from './byte-range.ts';
import type { HubState } from './hub-state.ts';
import type { Repository } from './repositories.ts';

const OCTETS = { 'content-type': 'application/octet-stream' };

/** A GET is sent to the CDN with a signed link; a HEAD is answered here. Both are settings. */
export function blobAnswer(
  state: HubState,
  repository: Repository,
  call: { method: string; digest: string; range: string | undefined },
): Answer {
  const { settings, links, urls } = state;
  const blob = repository.blobs.get(call.digest);
  if (!blob) return ociError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', call.digest);
  if (call.method === 'HEAD' ? settings.redirectHead : settings.redirect) {
    const location = urls.cdn + links.sign(blob.digest, settings.linkExpiresIn);
    return { status: 307, headers: { ...OCTETS, location }, body: NO_BODY };
  }
  const full = { status: 200, headers: { ...OCTETS, ...contentHeaders(blob) }, body: blob.bytes };
  return ranged(full, call.range);
}
