import { NameInvalid } from '../../domain/errors.ts';

/**
 * The value of a parameter of a query string, undefined if it is absent; of several the first.
 *
 * @throws NameInvalid if its percent-encoding is malformed
 */
export function parameter(query: string, name: string): string | undefined {
  if (query === '') return undefined;
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (key === name) return equals === -1 ? '' : decode(pair.slice(equals + 1));
  }
  return undefined;
}

/**
 * The path with its percent-encodings resolved, once. What would change its structure behind the
 * check is refused: an encoded slash or backslash, and control characters.
 *
 * @throws NameInvalid
 */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  const decoded = /%2f|%5c/i.test(path) ? undefined : decodeStrictly(path);
  if (decoded === undefined || hasControl(decoded)) throw malformed();
  return decoded;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  const decoded = decodeStrictly(spaced);
  if (decoded === undefined || hasControl(decoded)) throw malformed();
  return decoded;
}

function decodeStrictly(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function malformed(): NameInvalid {
  return new NameInvalid('the request target has a percent-encoding that is not allowed');
}
