import { UpstreamBadAnswer } from '../../../domain/errors.ts';
import type { Challenge } from './challenge.ts';

/** How a registry wants to be convinced. */
export type AuthScheme =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer';
      /** The token service. */
      readonly realm: URL;
      readonly service: string | undefined;
    };

export const NO_AUTH: AuthScheme = { kind: 'none' };

/**
 * The best of the challenged schemes that we know.
 *
 * @throws UpstreamBadAnswer
 */
export function chooseScheme(challenges: readonly Challenge[], host: string): AuthScheme {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer) {
    const realm = realmOf(bearer, host);
    return { kind: 'bearer', realm, service: bearer.params.get('service') };
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { kind: 'basic' };
  const schemes = challenges.map(({ scheme }) => scheme).join(', ') || 'none';
  throw new UpstreamBadAnswer(`${host} knows no way of authentication that we know (${schemes})`, {
    detail: { host },
  });
}

function realmOf({ params }: Challenge, host: string): URL {
  const realm = params.get('realm') ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new UpstreamBadAnswer(`${host} names no token service that has an http(s) address`, {
    detail: { host },
  });
}
