import { NameInvalid } from './errors.ts';

declare const brand: unique symbol;

/**
 * The name of a repository, such as `library/alpine`
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests).
 * Only {@link parseRepositoryName} makes one, so it is always safe as part of a path.
 */
export type RepositoryName = string & { readonly [brand]: 'RepositoryName' };

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);

/** Many clients limit host and name together to 255 characters; so does the CNCF registry the name. */
const LONGEST = 255;

/** @throws NameInvalid if `text` is not a repository's name. */
export function parseRepositoryName(text: string): RepositoryName {
  if (isRepositoryName(text)) return text;
  throw new NameInvalid('the repository name is not lower-case words, separated by slashes', {
    detail: { name: text.slice(0, LONGEST) },
  });
}

export function isRepositoryName(text: string): text is RepositoryName {
  return text.length <= LONGEST && NAME.test(text);
}

/**
 * Docker Hub's official images live in `library/`, which clients add to a name without a slash when
 * it means Docker Hub, and the Hub itself does not.
 */
export function inLibrary(name: RepositoryName): RepositoryName {
  return name.includes('/') ? name : (`library/${name}` as RepositoryName);
}
