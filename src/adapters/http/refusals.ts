import { RegistryError } from '../../domain/errors.ts';

/** No such path: 404, but nothing that a client could take for a statement about an image. */
export class RouteUnknown extends RegistryError {
  readonly code = 'UNSUPPORTED';

  constructor() {
    super('there is nothing at this path: the registry begins at /v2/');
  }
}

/** HTTP in form, but not as it has to be: 400. */
export class RequestMalformed extends RegistryError {
  readonly code = 'UNSUPPORTED';
}
