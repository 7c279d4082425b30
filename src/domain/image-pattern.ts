import type { Tag } from './reference.ts';
import type { RepositoryName } from './repository-name.ts';

/**
 * A pattern for images, such as `library/*:*-slim`: a repository and, after a colon, a tag. In both
 * `*` stands for any characters but a slash, and `**` for slashes too. Without a colon it means
 * every tag.
 */
export class ImagePattern {
  readonly #repository: RegExp;
  readonly #tag: RegExp;

  constructor(pattern: string) {
    const colon = pattern.indexOf(':');
    this.#repository = glob(colon < 0 ? pattern : pattern.slice(0, colon));
    this.#tag = glob(colon < 0 ? '*' : pattern.slice(colon + 1));
  }

  matches(repository: RepositoryName, tag: Tag): boolean {
    return this.#repository.test(repository) && this.#tag.test(tag);
  }
}

function glob(text: string): RegExp {
  const parts = text.split(/(\*+)/).map((part) => {
    if (!part.startsWith('*')) return part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
    return part.length > 1 ? '.*' : '[^/]*';
  });
  return new RegExp(`^${parts.join('')}$`);
}
