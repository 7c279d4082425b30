import { isIP } from 'node:net';

/**
 * Whether the registry's user name and password may be sent to a token service: only to the
 * registry's own host, on whatever port, or to a host of the same owner, such as auth.docker.io for
 * registry-1.docker.io. A challenge can be forged; the password must not follow it anywhere.
 */
export function isTrustedRealm(registry: URL, realm: URL): boolean {
  if (registry.protocol === 'https:' && realm.protocol !== 'https:') return false;
  if (registry.hostname === realm.hostname) return true;
  const owner = ownerDomain(registry.hostname);
  return owner !== undefined && owner === ownerDomain(realm.hostname);
}

/**
 * The part of a host's name that one owner has: the last two labels, or three where the last two
 * look like those under which a country registers, such as `co.uk`. That is a little stricter than
 * the public suffix list, never looser for the suffixes of registries.
 */
function ownerDomain(hostname: string): string | undefined {
  if (isIP(hostname) !== 0 || hostname.startsWith('[')) return undefined;
  const labels = hostname.replace(/\.$/, '').split('.');
  const [second = '', top = ''] = labels.slice(-2);
  const count = top.length === 2 && second.length <= 3 ? 3 : 2;
  return labels.length < count ? undefined : labels.slice(-count).join('.');
}
