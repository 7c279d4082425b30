import { UpstreamFailure } from '../errors.ts';
import type { PageRequest, TagPage, Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';
import { page } from './page.ts';
import type { TagBook } from './tag-book.ts';

/** The upstream's tags; those in storage if it cannot be asked and there are any. */
export class ListTags {
  readonly #upstream: Upstream;
  readonly #tags: TagBook;

  constructor(upstream: Upstream, tags: TagBook) {
    this.#upstream = upstream;
    this.#tags = tags;
  }

  async list(repository: RepositoryName, request: PageRequest): Promise<TagPage> {
    try {
      return await this.#upstream.listTags(repository, request);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      const tags = await this.#tags.tags(repository);
      if (tags.length === 0) throw error;
      const { items, more } = page(tags, request);
      return { tags: items, more };
    }
  }
}
