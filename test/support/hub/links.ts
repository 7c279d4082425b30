import { createHmac, randomBytes } from 'node:crypto';

/** Signs and checks the short-lived CDN links that a blob GET is redirected to. */
export class Links {
  #key = randomBytes(32);

  /** Path and query for a blob, good for `seconds`. */
  sign(digest: string, seconds: number): string {
    const [algorithm = '', encoded = ''] = digest.split(':');
    const folder = `${algorithm}/${encoded.slice(0, 2)}/${encoded}`;
    const path = `/registry-v2/docker/registry/v2/blobs/${folder}/data`;
    const expires = Date.now() + seconds * 1000;
    return `${path}?expires=${expires}&signature=${this.#signature(path, String(expires))}`;
  }

  /** The digest a link is for, or undefined if its signature is wrong or its time is over. */
  verify(url: URL): string | undefined {
    const expires = url.searchParams.get('expires') ?? '';
    const signature = url.searchParams.get('signature');
    const valid = signature === this.#signature(url.pathname, expires);
    return valid && Number(expires) > Date.now() ? digestIn(url.pathname) : undefined;
  }

  /** Makes every link handed out so far invalid. */
  expireAll(): void {
    this.#key = randomBytes(32);
  }

  #signature(path: string, expires: string): string {
    return createHmac('sha256', this.#key).update(`${path}\n${expires}`).digest('base64url');
  }
}

/** The digest in a link's path, signed or not. */
export function digestIn(path: string): string | undefined {
  const [, algorithm, encoded] = /\/blobs\/([^/]+)\/[^/]+\/([^/]+)\/data$/.exec(path) ?? [];
  return algorithm && encoded ? `${algorithm}:${encoded}` : undefined;
}
