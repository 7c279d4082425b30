import { isIP } from 'node:net';
import type { TlsOptions } from '../../adapters/http/tls-files.ts';
import type { Config, ListenConfig } from './config.ts';

/**
 * A warning where everyone who can reach the mirror can pull what an account's owner can, and nobody
 * may have meant that.
 */
export function openAccounts({ upstream, http, auth }: Config): string | undefined {
  const accounts = upstream.credentials.map(({ username }) => `\`${username}\``);
  if (accounts.length === 0 || upstream.url.protocol === 'file:') return undefined;
  const isVerified = http.tls !== undefined && verifies(http.tls);
  if (auth.kind !== 'none' || isVerified || isLoopback(http.listen)) return undefined;
  const whose = accounts.length === 1 ? 'the account' : 'the accounts';
  return (
    `Everyone who can reach this mirror can pull the private images of ${whose} ${accounts.join(', ')}: ` +
    'ask for a password with auth.htpasswd, or for client certificates with http.tls.clientcas, or ' +
    'let only this machine in with `http.addr: 127.0.0.1:5000`.'
  );
}

function verifies({ clientAuth, clientCas }: TlsOptions): boolean {
  return (clientAuth ?? (clientCas.length > 0 && ALL)) === ALL;
}

/** Any other lets in who shows no certificate, or one that nobody vouches for. */
const ALL = 'require-and-verify-client-cert';

/** Who may use a Unix socket is said by its folder. */
function isLoopback(listen: ListenConfig): boolean {
  if (listen.kind === 'unix') return true;
  const { host = '' } = listen;
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return host === '::1' || host.startsWith('127.') || /^::ffff:127\./i.test(host);
}
