import { describe, jsonContent, MEDIA_TYPES } from './oci-content.ts';
import type { Image } from './oci-image.ts';
import type { IndexChild } from './oci-index.ts';

export * from '../../src/adapters/images/oci-artifact.ts';

const UNKNOWN_PLATFORM = { architecture: 'unknown', os: 'unknown' };

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
