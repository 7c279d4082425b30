import type { BlobFile } from '../../domain/ports/blob-store.ts';
import type { Exchange } from './exchange.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** How a proxy in front is told which file it is to send in place of an empty body. */
export type AccelerationOptions =
  | {
      readonly type: 'x-accel-redirect';
      /** Below which nginx has the storage's directory; starts and ends with a slash. */
      readonly prefix: string;
    }
  | { readonly type: 'x-sendfile' };

/**
 * Leaves the sending of stored blobs to the proxy in front. That takes a proxy that is trusted and
 * says with the request that it can, as proxies of Rack and Symfony do (`X-Sendfile-Type`): whoever
 * comes directly, from the proxy's own machine too, would take the empty body for the blob. Nothing
 * else is taken from the request: which file it is, the storage alone says.
 */
export class Acceleration {
  readonly #options: AccelerationOptions;
  readonly #proxies: TrustedProxies;

  constructor(options: AccelerationOptions, proxies: TrustedProxies) {
    this.#options = options;
    this.#proxies = proxies;
  }

  isOffered({ request, socket }: Pick<Exchange, 'request' | 'socket'>): boolean {
    const offered = request.headers['x-sendfile-type'];
    if (typeof offered !== 'string' || offered.toLowerCase() !== this.#options.type) return false;
    return this.#proxies.isOne(socket);
  }

  /** The name and the value of the header that names the file; undefined if none can. */
  naming({ path, key }: BlobFile): readonly [name: string, value: string] | undefined {
    const isSendfile = this.#options.type === 'x-sendfile';
    if (!isNameable(isSendfile ? path : key)) return undefined;
    return isSendfile ? ['X-Sendfile', path] : ['X-Accel-Redirect', this.#options.prefix + key];
  }
}

/**
 * Whether every proxy takes the path for what it is. nginx and lighttpd take escapes out of it and
 * Apache does not, so that there is no way to write a percent sign; and a header is ASCII.
 */
export function isNameable(path: string): boolean {
  return /^[\w/.~!$&'()*+,;=:@ -]+$/.test(path);
}
