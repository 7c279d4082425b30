import type { ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { type ClientAuth, readTls, type TlsOptions } from './tls-files.ts';

/**
 * A server for HTTPS that asks clients for certificates as it is told to.
 *
 * @throws TlsUnusable
 */
export function createSecureServer(options: ServerOptions, tls: TlsOptions): Server {
  const { clientCas } = tls;
  const clientAuth =
    tls.clientAuth ?? (clientCas.length > 0 ? 'require-and-verify-client-cert' : undefined);
  const server = createServer({
    ...options,
    ...readTls(tls),
    requestCert: clientAuth !== undefined,
    rejectUnauthorized: clientAuth === 'require-and-verify-client-cert',
  });
  server.on('secureConnection', (socket) => {
    if (clientAuth !== undefined && !isWelcome(socket, clientAuth)) socket.destroy();
  });
  return server;
}

/** What Node does not know of: it verifies a certificate always, or lets everyone in. */
function isWelcome(socket: TLSSocket, clientAuth: ClientAuth): boolean {
  const isGiven = Object.keys(socket.getPeerCertificate()).length > 0;
  switch (clientAuth) {
    case 'request-client-cert':
      return true;
    case 'require-any-client-cert':
      return isGiven;
    case 'verify-client-cert-if-given':
      return !isGiven || socket.authorized;
    case 'require-and-verify-client-cert':
      return socket.authorized;
    default:
      return clientAuth satisfies never;
  }
}
