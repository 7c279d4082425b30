import type { Digest } from '../domain/digest.ts';
import type { Tag } from '../domain/reference.ts';
import type { RepositoryName } from '../domain/repository-name.ts';

export interface Named {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly digest: Digest;
}

/** As a client would name it, with all its tags: `library/alpine:3, 3.20`, or by its digest. */
export function imageName({ repository, tags, digest }: Named): string {
  if (tags.length === 0) return `${repository}@${shortDigest(digest)}`;
  return `${repository}:${[...tags].sort().join(', ')}`;
}

/** Enough of it to tell it from any other, as clients show it. */
export function shortDigest(digest: Digest): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}
