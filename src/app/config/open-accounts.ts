import { isIP } from 'node:net';
import { authenticatesClients } from './authenticates-clients.ts';
import type { Config, ListenConfig } from './config.ts';

/**
 * A warning where everyone who can reach the mirror can pull what an account's owner can, and nobody
 * may have meant that.
 */
export function openAccounts(config: Config): string | undefined {
  const { upstream } = config;
  const accounts = upstream.credentials.map(({ username }) => `\`${username}\``);
  if (accounts.length === 0 || upstream.url.protocol === 'file:') return undefined;
  if (authenticatesClients(config) || isLoopback(config.http.listen)) return undefined;
  const whose = accounts.length === 1 ? 'the account' : 'the accounts';
  return (
    `Everyone who can reach this mirror can pull the private images of ${whose} ${accounts.join(', ')}: ` +
    'ask for a password with auth.htpasswd, or for client certificates with http.tls.clientcas, or ' +
    'let only this machine in with `http.addr: 127.0.0.1:5000`.'
  );
}

/** Who may use a Unix socket is said by its folder. */
function isLoopback(listen: ListenConfig): boolean {
  if (listen.kind === 'unix') return true;
  const { host = '' } = listen;
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return host === '::1' || host.startsWith('127.') || /^::ffff:127\./i.test(host);
}
