import { type Answer, json, ociError } from './answer.ts';
import type { Repository } from './repositories.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export function tagsAnswer(
  name: string,
  repository: Repository,
  query: URLSearchParams,
  pageSize: number,
): Answer {
  const size = Number(query.get('n') ?? pageSize);
  if (!Number.isInteger(size) || size < 0) {
    return ociError(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
  }
  const last = query.get('last') ?? '';
  const rest = [...repository.tags.keys()].sort().filter((tag) => tag > last);
  const tags = rest.slice(0, size);
  const more = tags.length > 0 && rest.length > tags.length;
  const next = new URLSearchParams({ last: tags.at(-1) ?? '', n: String(size) });
  return json(
    200,
    { name, tags },
    more ? { link: `</v2/${name}/tags/list?${next.toString()}>; rel="next"` } : {},
  );
}
