import type { ResolvedManifest, ServedManifest } from '../../domain/ports/mirror.ts';
import { isKnown } from './conditional.ts';
import type { Exchange } from './exchange.ts';
import { type RawHeaders, staleness } from './headers.ts';
import type { ManifestRoute } from './route.ts';
import type { Service } from './service.ts';

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 *
 * `Accept` is not looked at: clients send lists that leave out what they can read well, and the
 * bytes under a digest are what they are. `Range` has no meaning for manifests.
 */
export async function answerManifest(
  service: Service,
  exchange: Exchange,
  route: ManifestRoute,
): Promise<void> {
  if (exchange.isHead) {
    const found = await service.mirror.resolveManifest(route.repository, route.reference);
    exchange.source = found.source;
    if (isAnsweredAsKnown(service, exchange, found)) return;
    exchange.answer(200, aged(service.headers.ofDescriptor(found.descriptor), found));
    return;
  }
  send(service, exchange, await service.mirror.getManifest(route.repository, route.reference));
}

/** The same for one in memory, at once; false, and nothing is done, if it is not. */
export function answerHeldManifest(
  service: Service,
  exchange: Exchange,
  { repository, reference }: ManifestRoute,
): boolean {
  if (reference.kind !== 'digest') return false;
  const held = service.mirror.heldManifest(repository, reference.digest);
  if (held !== undefined) send(service, exchange, held);
  return held !== undefined;
}

function send(service: Service, exchange: Exchange, served: ServedManifest): void {
  exchange.source = served.source;
  if (isAnsweredAsKnown(service, exchange, served)) return;
  const headers = aged(service.headers.ofManifest(served.manifest), served);
  exchange.answer(200, headers, served.manifest.bytes);
}

function isAnsweredAsKnown(service: Service, exchange: Exchange, found: ResolvedManifest): boolean {
  const { digest } = found.descriptor;
  if (!isKnown(exchange.request.headers['if-none-match'], digest)) return false;
  exchange.answer(304, aged(service.headers.notModified(digest, 'manifest'), found));
  return true;
}

function aged(headers: RawHeaders, found: ResolvedManifest): RawHeaders {
  return found.source === 'stale' ? [...headers, ...staleness(found.ageMs)] : headers;
}
