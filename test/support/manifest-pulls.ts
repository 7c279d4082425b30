import type { Digest } from '../../src/domain/digest.ts';
import type { ServedManifest } from '../../src/domain/ports/mirror.ts';
import { type Image, image, layer } from './oci-image.ts';
import { ALPINE, type PullParts, ref } from './pull-parts.ts';

/** An image that differs from those of other names. */
export function imageNamed(name: string): Image {
  return image({ layers: [layer({ name })] });
}

/** Pulls a manifest of alpine by tag or digest, and lets what is done behind it end. */
export async function get(parts: PullParts, reference: string): Promise<ServedManifest> {
  const served = await parts.pullManifest.get(ALPINE, ref(reference));
  await parts.background.idle();
  return served;
}

/** Where alpine's tag points to, for storage. */
export async function linkOf({ storage }: PullParts, tag: string): Promise<string | undefined> {
  const key = `docker/registry/v2/repositories/${ALPINE}/_manifests/tags/${tag}/current/link`;
  const link = await storage.records.get(key);
  return link && Buffer.from(link).toString();
}

/** How many HEADs and GETs of manifests have arrived. */
export function asked({ upstream }: PullParts): { heads: number; gets: number } {
  return { heads: upstream.count('resolve'), gets: upstream.count('fetchManifest') };
}

export function isMissing(parts: PullParts, digest: Digest): Promise<boolean> {
  return parts.storage.blobs.stat(digest).then((size) => size === undefined);
}
