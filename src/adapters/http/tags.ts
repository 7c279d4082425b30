import type { Exchange } from './exchange.ts';
import { answerJson } from './json.ts';
import { clampPage, nextLink } from './pagination.ts';
import type { TagsRoute } from './route.ts';
import type { Service } from './service.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export async function answerTags(
  service: Service,
  exchange: Exchange,
  { repository, page }: TagsRoute,
): Promise<void> {
  const bounded = clampPage(page, service.options.tagsLimit);
  if (bounded.limit === 0) {
    answerJson(service, exchange, { name: repository, tags: [] });
    return;
  }
  const { tags, more } = await service.mirror.listTags(repository, bounded);
  const path = `${service.options.prefix}v2/${repository}/tags/list`;
  const link = more ? nextLink(path, tags, bounded.limit) : [];
  answerJson(service, exchange, { name: repository, tags }, link);
}
