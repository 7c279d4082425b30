import type { ArrivalKind } from './arrivals.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints */
export type Route =
  | { type: 'base' | 'catalog' | 'unknown' }
  | { type: 'tags'; repository: string }
  | { type: 'manifests' | 'blobs' | 'referrers'; repository: string; reference: string };

export function parseRoute(path: string): Route {
  if (path === '/v2/' || path === '/v2') return { type: 'base' };
  if (path === '/v2/_catalog') return { type: 'catalog' };
  const [, tagged] = /^\/v2\/(.+)\/tags\/list$/.exec(path) ?? [];
  if (tagged !== undefined) return { type: 'tags', repository: tagged };
  const [, repository, type, reference] =
    /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(path) ?? [];
  if (repository === undefined || reference === undefined) return { type: 'unknown' };
  return {
    type: type as 'manifests' | 'blobs' | 'referrers',
    repository,
    reference: decodeURIComponent(reference),
  };
}

export function kindOf(route: Route, method: string): ArrivalKind {
  if (method !== 'GET' && method !== 'HEAD') return 'other';
  const suffix = method === 'HEAD' ? 'head' : 'get';
  if (route.type === 'manifests') return `manifest-${suffix}`;
  if (route.type === 'blobs') return `blob-${suffix}`;
  return route.type === 'tags' || route.type === 'referrers' ? route.type : 'other';
}
