import type { Digest } from '../../../domain/digest.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { MANIFEST_TYPES } from '../../../domain/media-type.ts';
import type { Referrer } from '../../../domain/referrers.ts';
import { type ImageLayout, manifestIn } from './image-layout.ts';

/**
 * Every manifest that `index.json` or an index below it lists and whose subject is `subject`. A
 * layout may lack listed blobs, and what is not there or not a manifest refers to nothing.
 */
export async function findReferrers(layout: ImageLayout, subject: Digest): Promise<Referrer[]> {
  const found: Referrer[] = [];
  const seen = new Set<Digest>();
  const toRead: { digest: Digest; mediaType: string | undefined }[] = await layout.entries();
  // The list grows while it is walked.
  for (const { digest, mediaType } of toRead) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    const bytes = await layout.readBlob(digest);
    const manifest = bytes && manifestIn(bytes, digest, mediaType);
    if (manifest === undefined) continue;
    toRead.push(...manifest.children.filter((child) => MANIFEST_TYPES.includes(child.mediaType)));
    if (manifest.subject?.digest === subject) found.push(referrer(manifest));
  }
  return found;
}

function referrer({ descriptor, artifactType, annotations }: Manifest): Referrer {
  return {
    ...descriptor,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}
