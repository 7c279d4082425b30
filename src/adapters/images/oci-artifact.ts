import { type Content, contentOf, describe, jsonContent, MEDIA_TYPES } from './oci-content.ts';
import type { Image } from './oci-image.ts';

export interface ArtifactOptions {
  artifactType: string;
  /** The manifest this artifact is about; it then answers the referrers call for that digest. */
  subject?: Content;
  blobs?: Content[];
  annotations?: Record<string, string>;
}

/** The descriptor for "no config": image-spec v1.1.1, manifest.md, "Guidance for an empty descriptor". */
const EMPTY: Content = contentOf('application/vnd.oci.empty.v1+json', Buffer.from('{}'));
const UNKNOWN_PLATFORM = { architecture: 'unknown', os: 'unknown' };

/** A manifest that is not an image: a signature, an SBOM, a chart. */
export function artifact(options: ArtifactOptions): Image {
  const { artifactType, subject, blobs = [EMPTY], annotations } = options;
  const mediaType = MEDIA_TYPES.oci.manifest;
  const manifest = jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    artifactType,
    config: describe(EMPTY),
    layers: blobs.map((blob) => describe(blob)),
    ...(subject && { subject: describe(subject) }),
    ...(annotations && { annotations }),
  });
  return { manifest, config: EMPTY, layers: blobs, platform: UNKNOWN_PLATFORM };
}
