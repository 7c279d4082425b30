import type { RepositoryPage } from '../ports/mirror.ts';
import type { PageRequest } from '../ports/upstream.ts';
import { page } from './page.ts';
import type { RepositoryLinks } from './repository-links.ts';

/** The repositories that hold a manifest in storage. */
export class ListRepositories {
  readonly #links: RepositoryLinks;

  constructor(links: RepositoryLinks) {
    this.#links = links;
  }

  async list(request: PageRequest): Promise<RepositoryPage> {
    const names: string[] = [];
    for await (const name of this.#links.repositories()) names.push(name);
    const { items, more } = page(names.sort(), request);
    return { repositories: items, more };
  }
}
