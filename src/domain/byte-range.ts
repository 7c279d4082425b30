import { RangeNotSatisfiable } from './errors.ts';

/** What a `Range` header asks for, before the size is known (RFC 9110 §14.1.2). */
export type ByteRange =
  | { readonly kind: 'from'; readonly first: number; readonly last: number | undefined }
  | { readonly kind: 'suffix'; readonly length: number };

/** A part of content whose size is known; both ends are included, as in the header. */
export interface ResolvedRange {
  readonly first: number;
  readonly last: number;
}

const ONE_RANGE = /^bytes=\s*(\d*)-(\d*)\s*$/i;

/**
 * The range that a `Range` header asks for, or undefined where the whole is to be sent: no header,
 * a unit that is not bytes (RFC 9110 §14.2), or several ranges, which a server may ignore.
 *
 * @throws RangeNotSatisfiable if it asks for bytes in a way that has no meaning.
 */
export function parseByteRange(header: string | undefined): ByteRange | undefined {
  if (header === undefined || !/^bytes=/i.test(header)) return undefined;
  if (header.includes(',')) return undefined;
  const [, first = '', last = ''] = ONE_RANGE.exec(header) ?? [];
  if (first === '' && last === '') throw unsatisfiable();
  if (first === '') return { kind: 'suffix', length: whole(last) };
  const range = { first: whole(first), last: last === '' ? undefined : whole(last) };
  if (range.last !== undefined && range.last < range.first) throw unsatisfiable();
  return { kind: 'from', ...range };
}

/**
 * The bytes of `range` that content of `size` bytes has: an end beyond it is moved to it.
 *
 * @throws RangeNotSatisfiable if it has none of them.
 */
export function resolveRange(range: ByteRange, size: number): ResolvedRange {
  if (range.kind === 'suffix') {
    if (range.length === 0 || size === 0) throw unsatisfiable(size);
    return { first: Math.max(0, size - range.length), last: size - 1 };
  }
  if (range.first >= size) throw unsatisfiable(size);
  return { first: range.first, last: Math.min(range.last ?? size - 1, size - 1) };
}

/** The `Content-Range` of an answer (RFC 9110 §14.4). */
export function contentRange(range: ResolvedRange, size: number): string {
  return `bytes ${range.first}-${range.last}/${size}`;
}

function whole(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

function unsatisfiable(size?: number): RangeNotSatisfiable {
  return new RangeNotSatisfiable('the range has no byte of the blob', size);
}
