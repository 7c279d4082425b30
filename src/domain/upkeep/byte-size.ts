/** How much room something may take: so many bytes, or a share (above 0, up to 1) of a whole. */
export type ByteSize =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'share'; readonly share: number };

/** The text is no size; the message is a sentence for whoever wrote it. */
export class ByteSizeInvalid extends Error {
  override readonly name = 'ByteSizeInvalid';
}

const SIZE = /^(\d+(?:\.\d+)?|\.\d+) *([a-z%]*)$/i;

const PREFIXES = ['k', 'm', 'g', 't', 'p'] as const;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...PREFIXES.flatMap((prefix, index): [string, number][] => [
    [`${prefix}b`, 1000 ** (index + 1)],
    [`${prefix}ib`, 1024 ** (index + 1)],
  ]),
]);

/**
 * Reads `200GiB`, `1.5TiB`, `10GB`, bare bytes, or a share such as `80%`. Units of 1024 and of 1000
 * are told apart, and a lone `G` is neither: programs do not agree on which it means.
 *
 * @throws ByteSizeInvalid
 */
export function parseByteSize(text: string): ByteSize {
  const [, count = '', unit = ''] = SIZE.exec(text.trim()) ?? [];
  if (count === '') throw invalid(text, 'is no size: write it like `200GiB`, `10GB` or `80%`');
  if (unit === '%') return shareOf(text, Number(count));
  const factor = UNITS.get(unit.toLowerCase());
  if (factor === undefined) throw invalid(text, hintAbout(unit));
  const bytes = Math.floor(Number(count) * factor);
  if (!Number.isSafeInteger(bytes)) throw invalid(text, 'is more than can be counted');
  if (factor === 1 && bytes !== Number(count)) throw invalid(text, 'has a fraction of a byte');
  return { kind: 'bytes', bytes };
}

function shareOf(text: string, percent: number): ByteSize {
  if (percent > 0 && percent <= 100) return { kind: 'share', share: percent / 100 };
  throw invalid(text, 'is no share: it must be more than 0% and at most 100%');
}

function hintAbout(unit: string): string {
  const [prefix = ''] = unit.toUpperCase();
  const isLone = /^[kmgtp]i?$/i.test(unit);
  if (isLone) return `can mean two sizes: write \`${prefix}iB\` (1024) or \`${prefix}B\` (1000)`;
  return 'has an unknown unit: there are B, KiB, MiB, GiB, TiB, PiB, KB, MB, GB, TB, PB and %';
}

function invalid(text: string, what: string): ByteSizeInvalid {
  return new ByteSizeInvalid(`\`${text}\` ${what}`);
}

/** How many bytes that are, where a share is a share of `wholeBytes`. */
export function bytesOf(size: ByteSize, wholeBytes: number): number {
  return size.kind === 'bytes' ? size.bytes : Math.floor(wholeBytes * size.share);
}

const NAMES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A number of bytes for people, in three digits or so: `1.5 GiB`, `12 KiB`, `0 B`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded to 1024 is one of the next unit.
  while (unit < NAMES.length - 1 && rounded(value) >= 1024) {
    value /= 1024;
    unit++;
  }
  return `${rounded(value)} ${NAMES[unit]}`;
}

function rounded(value: number): number {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return Number(value.toFixed(digits));
}

/** A size as an operator would write it: `80%`, or bytes for people. */
export function formatByteSize(size: ByteSize): string {
  if (size.kind === 'bytes') return formatBytes(size.bytes);
  return `${Number((size.share * 100).toFixed(2))}%`;
}
