import { RegistryError } from '../../domain/errors.ts';

/** No such path: 404, but nothing that a client could take for a statement about an image. */
export class RouteUnknown extends RegistryError {
  readonly code = 'UNSUPPORTED';

  constructor() {
    super('there is nothing at this path: the registry begins at /v2/');
  }
}

/** An HTTP/1.1 request without `Host` (RFC 9112 §3.2). */
export class HostMissing extends RegistryError {
  readonly code = 'UNSUPPORTED';

  constructor() {
    super('the request has no Host header');
  }
}
