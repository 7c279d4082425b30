import { type Digest, parseDigest } from '../../domain/digest.ts';
import { RegistryError, Unsupported } from '../../domain/errors.ts';
import { parseReference, type Reference } from '../../domain/reference.ts';
import type { RepositoryName } from '../../domain/repository-name.ts';
import { parseSharedTransfer, type SharedTransfer } from '../../domain/shared-transfer.ts';
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
  | SharedTransferRoute
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

/** For other mirrors; all others are told that there is nothing. */
export interface SharedTransferRoute {
  readonly kind: 'shared-transfer';
  readonly transfer: SharedTransfer;
}

/** What load balancers ask to see whether the server is there. */
const ALIVE: readonly string[] = ['', 'healthz'];

/** Reads request targets; the method is somebody else's affair. */
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

  /** As {@link parse}, where it is not the time yet to refuse. */
  parseOrRefusal(target: string): Route | RegistryError {
    try {
      return this.parse(target);
    } catch (error) {
      if (error instanceof RegistryError) return error;
      throw error;
    }
  }

  #belowPrefix(path: string, query: string): Route {
    if (ALIVE.includes(path)) return { kind: 'alive', namespace: undefined };
    const transfer = parseSharedTransfer(path, query);
    if (transfer !== undefined) return { kind: 'shared-transfer', transfer, namespace: undefined };
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
    const what = path.slice(before + 1, last);
    const tail = path.slice(last + 1);
    if (before < 'v2/'.length || !isContent(what, tail)) throw unknown(path);
    const name = path.slice('v2/'.length, before);
    const repository = this.#namespaces.repository(name, namespace);
    switch (what) {
      case 'manifests':
        return { kind: 'manifest', repository, reference: parseReference(tail), namespace };
      case 'blobs':
        return { kind: 'blob', repository, digest: parseDigest(tail), namespace };
      case 'tags':
        return { kind: 'tags', repository, page: parsePageQuery(query), namespace };
      case 'referrers':
        break;
    }
    const artifactType = parameter(query, 'artifactType') || undefined;
    return { kind: 'referrers', repository, subject: parseDigest(tail), artifactType, namespace };
  }
}

type Content = 'manifests' | 'blobs' | 'tags' | 'referrers';

function isContent(what: string, tail: string): what is Content {
  switch (what) {
    case 'manifests':
    case 'referrers':
      return true;
    case 'blobs':
      return tail !== 'uploads';
    case 'tags':
      return tail === 'list';
    default:
      return false;
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
