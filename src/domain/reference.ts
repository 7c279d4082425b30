import { type Digest, isDigest, parseDigest } from './digest.ts';
import { TagInvalid } from './errors.ts';

declare const brand: unique symbol;

/** A tag's name; only {@link parseTag} makes one, so it is always safe as part of a path. */
export type Tag = string & { readonly [brand]: 'Tag' };

/** What names a manifest within a repository: a tag or a digest. */
export type Reference =
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** @throws TagInvalid */
export function parseTag(text: string): Tag {
  if (isTag(text)) return text;
  throw new TagInvalid('the tag is not made of letters, digits, `_`, `.` and `-`', {
    detail: { tag: text.slice(0, 128) },
  });
}

export function isTag(text: string): text is Tag {
  return TAG.test(text);
}

/**
 * A colon can be in a digest and never in a tag, so it decides what the text is meant to be.
 *
 * @throws TagInvalid
 * @throws DigestInvalid
 */
export function parseReference(text: string): Reference {
  if (isDigest(text)) return { kind: 'digest', digest: text };
  if (text.includes(':')) return { kind: 'digest', digest: parseDigest(text) };
  return { kind: 'tag', tag: parseTag(text) };
}

export function referenceText(reference: Reference): string {
  return reference.kind === 'tag' ? reference.tag : reference.digest;
}
