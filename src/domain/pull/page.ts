import type { PageRequest } from '../ports/upstream.ts';

/** The part of ascending `names` that a page request asks for. */
export function page<T extends string>(
  names: readonly T[],
  { limit, last }: PageRequest,
): { items: T[]; more: boolean } {
  const after = last === undefined ? [...names] : names.filter((name) => name > last);
  const items = limit === undefined ? after : after.slice(0, limit);
  return { items, more: items.length < after.length };
}
