import { type Content, type Descriptor, describe, MEDIA_TYPES } from '../oci-content.ts';
import { type Answer, json, ociError } from './answer.ts';
import type { Repository } from './repositories.ts';

interface ReferringDocument {
  artifactType?: string;
  annotations?: Record<string, string>;
  config?: { mediaType: string };
  subject?: { digest: string };
}

function read(manifest: Content): ReferringDocument {
  return JSON.parse(Buffer.from(manifest.bytes).toString()) as ReferringDocument;
}

function referrer(manifest: Content): Descriptor {
  const { artifactType, config, annotations } = read(manifest);
  const type = artifactType ?? config?.mediaType;
  return describe(manifest, {
    ...(type !== undefined && { artifactType: type }),
    ...(annotations && { annotations }),
  });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
export function referrersAnswer(
  repository: Repository,
  digest: string,
  artifactType: string | null,
): Answer {
  if (!/^[a-z0-9]+:[a-zA-Z0-9=_-]+$/.test(digest)) {
    return ociError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const manifests = [...repository.manifests.values()]
    .filter((manifest) => read(manifest).subject?.digest === digest)
    .map(referrer)
    .filter((each) => artifactType === null || each.artifactType === artifactType);
  const mediaType = MEDIA_TYPES.oci.index;
  const filter = artifactType === null ? {} : { 'oci-filters-applied': 'artifactType' };
  const headers = { 'content-type': mediaType, ...filter };
  return json(200, { schemaVersion: 2, mediaType, manifests }, headers);
}
