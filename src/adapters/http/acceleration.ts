import type { IncomingMessage } from 'node:http';
import type { BlobFile } from '../../domain/ports/blob-store.ts';
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

  isOffered(request: IncomingMessage): boolean {
    const offered = request.headers['x-sendfile-type'];
    if (typeof offered !== 'string' || offered.toLowerCase() !== this.#options.type) return false;
    return this.#proxies.isOne(request);
  }

  /** The name and the value of the header that names the file. */
  naming(file: BlobFile): readonly [name: string, value: string] {
    if (this.#options.type === 'x-sendfile') return ['X-Sendfile', escaped(file.path)];
    return ['X-Accel-Redirect', this.#options.prefix + escaped(file.key)];
  }
}

/** Proxies take the escapes out again; and a header is ASCII. */
function escaped(path: string): string {
  return encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
}
