import type { Exchange } from './exchange.ts';
import { answerJson } from './json.ts';
import { boundPage, nextLink, type PageQuery } from './pagination.ts';
import type { Service } from './service.ts';

/** The repositories in storage, as the CNCF registry lists them. */
export async function answerCatalog(
  service: Service,
  exchange: Exchange,
  page: PageQuery,
): Promise<void> {
  const bounded = boundPage(page, service.options.catalogLimit);
  if (bounded.limit === 0) {
    answerJson(service, exchange, { repositories: [] });
    return;
  }
  const { repositories, more } = await service.mirror.listRepositories(bounded);
  const path = `${service.options.prefix}v2/_catalog`;
  const link = more ? nextLink(path, repositories, bounded.limit) : [];
  answerJson(service, exchange, { repositories }, link);
}
