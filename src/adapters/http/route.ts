import type { Digest } from '../../domain/digest.ts';
import { parseDigest } from '../../domain/digest.ts';
import { Unsupported } from '../../domain/errors.ts';
import { parseReference, type Reference } from '../../domain/reference.ts';
import type { RepositoryName } from '../../domain/repository-name.ts';
import type { Namespaces } from './namespace.ts';
import { type PageQuery, parsePageQuery } from './pagination.ts';
import { decodePath, parameter } from './query.ts';
import { RouteUnknown } from './refusals.ts';

/** What a request asks for; every name in it has been checked. */
export type Route = (
  | { readonly kind: 'alive' }
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog'; readonly page: PageQuery }
  | TagsRoute
  | ManifestRoute
  | BlobRoute
  | ReferrersRoute
) & {
  /** The registry that the client named with `ns`. */
  readonly namespace: string | undefined;
};

export interface TagsRoute {
  readonly kind: 'tags';
  readonly repository: RepositoryName;
  readonly page: PageQuery;
}

export interface ManifestRoute {
  readonly kind: 'manifest';
  readonly repository: RepositoryName;
  readonly reference: Reference;
}

export interface BlobRoute {
  readonly kind: 'blob';
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

export interface ReferrersRoute {
  readonly kind: 'referrers';
  readonly repository: RepositoryName;
  readonly subject: Digest;
  readonly artifactType: string | undefined;
}

/** What load balancers ask to see whether the server is there. */
const ALIVE: readonly string[] = ['', 'healthz'];

/** Reads request targets; the methods are GET and HEAD, and somebody else's affair. */
export class Routes {
  readonly #prefix: string;
  readonly #namespaces: Namespaces;

  constructor(prefix: string, namespaces: Namespaces) {
    this.#prefix = prefix;
    this.#namespaces = namespaces;
  }

  /**
   * @throws RouteUnknown
   * @throws RegistryError if a part of it is malformed, or names what this mirror does not serve
   */
  parse(target: string): Route {
    const mark = target.indexOf('?');
    const query = mark === -1 ? '' : target.slice(mark + 1);
    const path = decodePath(originForm(mark === -1 ? target : target.slice(0, mark)));
    if (ALIVE.includes(path.slice(1))) return { kind: 'alive', namespace: undefined };
    if (!path.startsWith(this.#prefix)) throw new RouteUnknown();
    return this.#belowPrefix(path.slice(this.#prefix.length), query);
  }

  #belowPrefix(path: string, query: string): Route {
    if (ALIVE.includes(path)) return { kind: 'alive', namespace: undefined };
    const namespace = this.#namespaces.check(parameter(query, 'ns'));
    if (path === 'v2/' || path === 'v2') return { kind: 'base', namespace };
    if (!path.startsWith('v2/')) throw new RouteUnknown();
    if (path === 'v2/_catalog') return { kind: 'catalog', page: parsePageQuery(query), namespace };
    return this.#ofRepository(path, query, namespace);
  }

  /** Read from its end, since a repository's name may have any number of slashes. */
  #ofRepository(path: string, query: string, namespace: string | undefined): Route {
    const last = path.lastIndexOf('/');
    const before = path.lastIndexOf('/', last - 1);
    if (before < 'v2/'.length) throw unknown(path);
    const tail = path.slice(last + 1);
    const name = path.slice('v2/'.length, before);
    switch (path.slice(before + 1, last)) {
      case 'manifests': {
        const repository = this.#namespaces.repository(name, namespace);
        return { kind: 'manifest', repository, reference: parseReference(tail), namespace };
      }
      case 'blobs': {
        if (tail === 'uploads') throw unknown(path);
        const repository = this.#namespaces.repository(name, namespace);
        return { kind: 'blob', repository, digest: parseDigest(tail), namespace };
      }
      case 'referrers':
        return this.#referrers(name, tail, query, namespace);
      case 'tags':
        if (tail !== 'list') throw unknown(path);
        return {
          kind: 'tags',
          repository: this.#namespaces.repository(name, namespace),
          page: parsePageQuery(query),
          namespace,
        };
      default:
        throw unknown(path);
    }
  }

  #referrers(name: string, tail: string, query: string, namespace: string | undefined): Route {
    return {
      kind: 'referrers',
      repository: this.#namespaces.repository(name, namespace),
      subject: parseDigest(tail),
      artifactType: parameter(query, 'artifactType') || undefined,
      namespace,
    };
  }
}

/** A server must understand the absolute form too (RFC 9112 §3.2.2). */
function originForm(path: string): string {
  if (path.startsWith('/')) return path;
  const origin = /^https?:\/\/[^/]+/i.exec(path);
  if (origin === null) throw new RouteUnknown();
  return path.slice(origin[0].length) || '/';
}

/** Uploads are known, but not to a mirror. */
function unknown(path: string): Error {
  if (/\/blobs\/uploads(\/|$)/.test(path)) return new Unsupported('a mirror takes no uploads');
  return new RouteUnknown();
}
