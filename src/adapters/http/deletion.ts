import { Unsupported } from '../../domain/errors.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-tags and
 * #deleting-manifests. Blobs go with the last image that needs them, and never by themselves.
 *
 * @throws Unsupported
 */
export async function answerDeletion(
  { mirror, headers }: Service,
  exchange: Exchange,
  route: Route,
): Promise<void> {
  if (route.kind !== 'manifest') throw new Unsupported('only tags and manifests can be removed');
  await mirror.deleteManifest(route.repository, route.reference);
  exchange.answer(202, headers.with('Content-Length', '0'));
}
