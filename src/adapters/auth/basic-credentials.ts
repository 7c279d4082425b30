/** User name and password (RFC 7617). */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

const BASIC = /^basic +([a-z0-9+/_-]+=*) *$/i;

/** What an `Authorization` header says, or `undefined` if it is not of this kind. */
export function parseBasic(authorization: string): BasicCredentials | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The challenge for a realm, whose name is quoted as RFC 9110 §5.6.4 has it. */
export function basicChallenge(realm: string): string {
  return `Basic realm="${realm.replaceAll(/["\\]/g, '\\$&')}"`;
}
