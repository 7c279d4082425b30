import { type Content, contentOf, describe, jsonContent, MEDIA_TYPES } from './oci-content.ts';
import type { Image } from './oci-image.ts';
import type { IndexChild } from './oci-index.ts';

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

/**
 * The extra index entry by which BuildKit attaches provenance to an image.
 * https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
export function attestation(about: Image): IndexChild {
  const statement = jsonContent('application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: 'image', digest: { sha256: about.manifest.digest.slice('sha256:'.length) } }],
  });
  const config = jsonContent(MEDIA_TYPES.oci.config, {
    ...UNKNOWN_PLATFORM,
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.digest] },
  });
  const mediaType = MEDIA_TYPES.oci.manifest;
  const manifest = jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: describe(config),
    layers: [describe(statement)],
  });
  return {
    image: { manifest, config, layers: [statement], platform: UNKNOWN_PLATFORM },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': about.manifest.digest,
    },
  };
}
