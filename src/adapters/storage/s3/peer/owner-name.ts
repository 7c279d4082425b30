/** What the name of an owner tells those who want to follow it. */
export interface OwnerName {
  /** Its name in the local staging, for those who have the same. */
  readonly staging: string;
  /** The URL below which its mirror answers; undefined if it is not to be asked. */
  readonly url: string | undefined;
}

const FORM = /^s3\.([0-9a-f]+-[0-9a-f]+)(?:\.([\w-]+))?$/;

/** A name that may be part of a key, and of a path. */
export function ownerName({ staging, url }: OwnerName): string {
  const name = `s3.${staging}`;
  return url === undefined ? name : `${name}.${Buffer.from(url).toString('base64url')}`;
}

/** Undefined for the name of anybody else. */
export function parseOwnerName(name: string): OwnerName | undefined {
  const [, staging, encoded] = FORM.exec(name) ?? [];
  if (staging === undefined) return undefined;
  if (encoded === undefined) return { staging, url: undefined };
  const url = Buffer.from(encoded, 'base64url').toString();
  return { staging, url: isHttp(url) ? url : undefined };
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
