import type { TlsOptions } from '../../adapters/http/tls-files.ts';
import type { Config } from './config.ts';

/** Any other lets in who shows no certificate, or one that nobody vouches for. */
const ALL = 'require-and-verify-client-cert';

/** Whether every client has to say who it is, and is believed only if somebody vouches for it. */
export function authenticatesClients({ auth, http }: Config): boolean {
  return auth.kind !== 'none' || (http.tls !== undefined && verifies(http.tls));
}

function verifies({ clientAuth, clientCas }: TlsOptions): boolean {
  return (clientAuth ?? (clientCas.length > 0 && ALL)) === ALL;
}
