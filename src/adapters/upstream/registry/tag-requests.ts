import type { PageRequest, TagPage } from '../../../domain/ports/upstream.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { nameUnknown } from './answer-failure.ts';
import { type HttpAnswer, headerValues } from './http-answer.ts';
import { readObject } from './json-answer.ts';
import { nextLink } from './link-header.ts';
import type { RegistryClient } from './registry-client.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export class TagRequests {
  readonly #client: RegistryClient;

  constructor(client: RegistryClient) {
    this.#client = client;
  }

  async list(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#client.within(async (signal) => {
      const url = this.#client.url(repository, 'tags/list');
      if (page.limit !== undefined) url.searchParams.set('n', String(page.limit));
      if (page.last !== undefined) url.searchParams.set('last', page.last);
      const answer = await this.#client.send({ method: 'GET', repository, url, signal });
      if (answer.status !== 200) throw await this.#client.failureOf(answer, nameUnknown);
      return readPage(answer, page);
    });
  }
}

/** A registry may ignore what was asked for: too many tags are cut, those before `last` left out. */
async function readPage(answer: HttpAnswer, { limit, last }: PageRequest): Promise<TagPage> {
  const { tags } = await readObject(answer);
  const listed = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  const rest = last === undefined ? listed : listed.slice(listed.indexOf(last) + 1);
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const linked = nextLink(headerValues(answer, 'link')) !== undefined;
  // Without a last tag there is nothing to go on from.
  return { tags: page, more: page.length > 0 && (linked || rest.length > page.length) };
}
