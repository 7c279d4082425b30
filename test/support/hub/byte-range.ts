import { type Answer, NO_BODY } from './answer.ts';

type Resolved = { start: number; end: number } | 'unsatisfiable' | undefined;

/**
 * A single range against a size, end exclusive; `undefined` means the full body, which RFC 9110
 * section 14.2 allows for anything not understood, several ranges included.
 */
export function resolveRange(value: string | undefined, size: number): Resolved {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(value ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    return last === '0' ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size };
  }
  const start = Number(first);
  if (start >= size) return 'unsatisfiable';
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return end > start ? { start, end } : undefined;
}

/** The 206, 416 or unchanged answer for `full` when `value` was asked for. */
export function ranged(full: Answer, value: string | undefined): Answer {
  const size = full.body.length;
  const range = resolveRange(value, size);
  const headers = { ...full.headers, 'accept-ranges': 'bytes' };
  if (range === undefined) return { ...full, headers };
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: NO_BODY };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${size}` },
    body: full.body.subarray(start, end),
  };
}
