import { type Digest, isDigest } from '../../../domain/digest.ts';
import { MANIFEST_TYPES } from '../../../domain/media-type.ts';
import type { Tag } from '../../../domain/reference.ts';
import { asObject } from './json-object.ts';
import { tagOfRefName } from './ref-name.ts';

/** A manifest that `index.json` lists. */
export interface LayoutEntry {
  readonly digest: Digest;
  /** What `index.json` calls it, where it does. */
  readonly mediaType: string | undefined;
  readonly tag: Tag | undefined;
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * The manifests in an `index.json`; undefined if it has no list of them. Other content may be listed
 * beside them (https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#indexjson-file,
 * the example has an XML file), which a registry has no name for.
 */
export function layoutEntries(index: Record<string, unknown>): LayoutEntry[] | undefined {
  const { manifests } = index;
  if (!Array.isArray(manifests)) return undefined;
  return manifests.map(layoutEntry).filter((found) => found !== undefined);
}

function layoutEntry(value: unknown): LayoutEntry | undefined {
  const { digest, mediaType: type, annotations } = asObject(value) ?? {};
  if (typeof digest !== 'string' || !isDigest(digest)) return undefined;
  const mediaType = typeof type === 'string' && type !== '' ? type : undefined;
  if (mediaType !== undefined && !MANIFEST_TYPES.includes(mediaType)) return undefined;
  const refName = asObject(annotations)?.[REF_NAME];
  return {
    digest,
    mediaType,
    tag: typeof refName === 'string' ? tagOfRefName(refName) : undefined,
  };
}
