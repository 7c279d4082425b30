import type { Descriptor } from './descriptor.ts';
import { algorithmOf, type Digest, encodedOf } from './digest.ts';
import type { Tag } from './reference.ts';

/** The descriptor of a manifest that has the asked-for one as its `subject`. */
export type Referrer = Descriptor;

/**
 * The tag under which a registry without the referrers API keeps the index of them
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema):
 * the algorithm to 32 and the encoded part to 64 characters, joined with a dash.
 */
export function fallbackTag(subject: Digest): Tag {
  return `${algorithmOf(subject)}-${encodedOf(subject).slice(0, 64)}` as Tag;
}

export function ofArtifactType(
  referrers: readonly Referrer[],
  artifactType: string | undefined,
): readonly Referrer[] {
  if (artifactType === undefined) return referrers;
  return referrers.filter((referrer) => referrer.artifactType === artifactType);
}
