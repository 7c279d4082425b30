/** An amount of storage: so many bytes, or a share (0 to 1) of all there is. */
export type ByteSize =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'share'; readonly share: number };

/** A unit or `%` may stand apart from its number; a fraction needs one of them. */
const FORM = /^(?<number>\d+(?:\.\d+)?) ?(?:(?<prefix>[kmgtp]?)(?<binary>i?)b|(?<percent>%))$/i;
const PLAIN = /^\d+$/;

const PREFIXES = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * `200GiB`, `1.5TiB`, `10GB` (a thousand to a kilo, as on a disk's label), `80%`, or a plain number
 * of bytes; in upper or lower case. Undefined if it is none of them, is more than everything, or is
 * too large to count.
 */
export function parseByteSize(text: string): ByteSize | undefined {
  const trimmed = text.trim();
  if (PLAIN.test(trimmed)) return inBytes(Number(trimmed));
  const found = FORM.exec(trimmed)?.groups;
  if (found === undefined) return undefined;
  const number = Number(found['number']);
  if (found['percent'] !== undefined) return asShare(number / 100);
  return inUnits(number, found['prefix'] ?? '', found['binary'] !== '');
}

/** In whole bytes. @param totalBytes what a share is a share of */
export function resolveSize(size: ByteSize, totalBytes: number): number {
  return size.kind === 'bytes' ? size.bytes : Math.floor(size.share * totalBytes);
}

function inUnits(number: number, prefix: string, isBinary: boolean): ByteSize | undefined {
  if (isBinary && prefix === '') return undefined; // `iB`
  return inBytes(number * (isBinary ? 1024 : 1000) ** PREFIXES.indexOf(prefix.toLowerCase()));
}

function inBytes(exact: number): ByteSize | undefined {
  const bytes = Math.floor(exact);
  return Number.isSafeInteger(bytes) ? { kind: 'bytes', bytes } : undefined;
}

function asShare(share: number): ByteSize | undefined {
  return share <= 1 ? { kind: 'share', share } : undefined;
}
