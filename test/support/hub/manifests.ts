import type { Content } from '../oci-content.ts';
import { MEDIA_TYPES } from '../oci-content.ts';
import { type Answer, contentHeaders, NO_BODY, ociError } from './answer.ts';
import type { PullLimit } from './pull-limit.ts';
import { findManifest, type Repository } from './repositories.ts';

const INDEX_TYPES = [MEDIA_TYPES.oci.index, MEDIA_TYPES.docker.index];
const LIMIT_TEXT =
  'You have reached your unauthenticated pull rate limit. ' +
  'https://www.docker.com/increase-rate-limit';

interface IndexDocument {
  manifests: { digest: string; platform?: { architecture: string; os: string } }[];
}

/** Only types that are named count; a wildcard does not, as in the registry's old code. */
function acceptsIndex(accept: string): boolean {
  const types = accept.split(',').map((each) => each.split(';')[0]?.trim() ?? '');
  return INDEX_TYPES.some((type) => types.includes(type));
}

function amd64Child(repository: Repository, index: Content): Content | undefined {
  const document = JSON.parse(Buffer.from(index.bytes).toString()) as IndexDocument;
  const child = document.manifests.find(
    ({ platform }) => platform?.architecture === 'amd64' && platform.os === 'linux',
  );
  return child && repository.manifests.get(child.digest);
}

/**
 * A tag of an index, asked for by a client that names no index type, is answered with *another
 * document*: the linux/amd64 child. A mirror that passes on a client's Accept falls into this.
 */
function negotiated(
  repository: Repository,
  reference: string,
  accept: string,
): Content | undefined {
  const found = findManifest(repository, reference);
  const byTag = !reference.includes(':');
  const isIndex = found !== undefined && INDEX_TYPES.includes(found.mediaType);
  return byTag && isIndex && !acceptsIndex(accept) ? amd64Child(repository, found) : found;
}

export interface ManifestCall {
  method: string;
  reference: string;
  accept: string;
  ifNoneMatch: string | undefined;
  /** Whose allowance a GET is taken from. */
  source: string;
}

function unchanged(content: Content, ifNoneMatch: string | undefined): boolean {
  return ifNoneMatch?.replaceAll('"', '') === content.digest;
}

/** GET is counted as a pull even if it ends in 304; HEAD is not, and works at allowance zero. */
export function manifestAnswer(
  repository: Repository,
  limit: PullLimit,
  call: ManifestCall,
): Answer {
  const { method, reference, accept, source } = call;
  const found = negotiated(repository, reference, accept);
  if (!found) {
    return ociError(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { Tag: reference });
  }
  if (method === 'GET' && !limit.take(source)) {
    const refused = ociError(429, 'TOOMANYREQUESTS', LIMIT_TEXT);
    return { ...refused, headers: { ...refused.headers, ...limit.headers(source) } };
  }
  const headers = { ...contentHeaders(found), ...limit.headers(source) };
  if (unchanged(found, call.ifNoneMatch)) return { status: 304, headers, body: NO_BODY };
  const type = { 'content-type': found.mediaType };
  return { status: 200, headers: { ...headers, ...type }, body: found.bytes };
}
