import type { PageRequest, TagPage } from '../../../domain/ports/upstream.ts';
import type { Tag } from '../../../domain/reference.ts';

/**
 * A page of the tags in ascending order. A limit of 0 is an empty page and the last one
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags).
 */
export function tagPage(tags: Iterable<Tag>, { limit, last }: PageRequest): TagPage {
  // The default order of sort() is that of UTF-16 code units; all of a tag's are ASCII.
  const sorted = [...new Set(tags)].sort();
  const after = last === undefined ? sorted : sorted.filter((tag) => tag > last);
  const page = limit === undefined ? after : after.slice(0, limit);
  return { tags: page, more: page.length > 0 && page.length < after.length };
}
