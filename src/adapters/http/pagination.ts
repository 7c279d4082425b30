import { PaginationInvalid } from '../../domain/errors.ts';
import type { PageRequest } from '../../domain/ports/upstream.ts';
import { parameter } from './query.ts';

/** What `n` and `last` ask for, before the server's own limit. */
export interface PageQuery {
  readonly n: number | undefined;
  readonly last: string | undefined;
}

/** @throws PaginationInvalid if `n` is not a whole number */
export function parsePageQuery(query: string): PageQuery {
  const n = parameter(query, 'n');
  if (n !== undefined && !/^\d{1,15}$/.test(n)) {
    throw new PaginationInvalid('n is not a whole number', { detail: { n: n.slice(0, 64) } });
  }
  const last = parameter(query, 'last');
  return { n: n === undefined ? undefined : Number(n), last: last === '' ? undefined : last };
}

/** A page with a bound, which the port leaves open. */
export type BoundedPage = PageRequest & { readonly limit: number };

/** At most `limit` entries, whatever was asked for. */
export function clampPage(page: PageQuery, limit: number): BoundedPage {
  return { limit: Math.min(page.n ?? limit, limit), last: page.last };
}

/** @throws PaginationInvalid if more than `limit` was asked for */
export function boundPage(page: PageQuery, limit: number): BoundedPage {
  if (page.n === undefined || page.n <= limit) return clampPage(page, limit);
  throw new PaginationInvalid(`n is more than ${limit}`, { detail: { n: page.n } });
}

/**
 * The `Link` to the page after `entries` (RFC 8288). It is relative, so that it is right behind any
 * proxy without trusting a forwarded header.
 */
export function nextLink(path: string, entries: readonly string[], limit: number): string[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  return ['Link', `<${path}?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"`];
}
