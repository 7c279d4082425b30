import { createHash } from 'node:crypto';
import { DemoFailure } from './demo-failure.ts';

/** What a client accepts as manifest; without the indexes it would get one platform's image. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A request as clients make it, whose answer is a success. */
export async function request(method: 'GET' | 'HEAD', url: URL): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { method, headers: { accept: ACCEPT } });
  } catch (cause) {
    throw new DemoFailure(`${method} ${url.href} got no answer`, { cause });
  }
  if (response.ok) return response;
  throw new DemoFailure(`${method} ${url.href} was answered with ${response.status}`);
}

/** Fetches content, hands over each piece as it comes, and compares the digest at the end. */
export async function verifiedGet(
  url: URL,
  digest: string,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const response = await request('GET', url);
  const hash = createHash('sha256');
  try {
    for await (const piece of response.body ?? []) {
      hash.update(piece);
      onPiece(piece);
    }
  } catch (cause) {
    throw new DemoFailure(`the answer to GET ${url.href} broke off`, { cause });
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw new DemoFailure(`GET ${url.href} gave content of digest ${found}`);
}
