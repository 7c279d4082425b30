import { OCI_INDEX } from '../../domain/media-type.ts';
import { ofArtifactType } from '../../domain/referrers.ts';
import type { Exchange } from './exchange.ts';
import { answerJson } from './json.ts';
import type { ReferrersRoute } from './route.ts';
import type { Service } from './service.ts';

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 *
 * Nothing that refers to the subject is an empty index and no error.
 */
export async function answerReferrers(
  service: Service,
  exchange: Exchange,
  { repository, subject, artifactType }: ReferrersRoute,
): Promise<void> {
  const all = await service.mirror.listReferrers(repository, subject);
  const manifests = ofArtifactType(all, artifactType);
  const applied = artifactType === undefined ? [] : ['OCI-Filters-Applied', 'artifactType'];
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  answerJson(service, exchange, index, applied, OCI_INDEX);
}
