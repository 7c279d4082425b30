import type { Descriptor } from '../../../domain/descriptor.ts';
import type { Digest } from '../../../domain/digest.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Hasher } from '../../../domain/ports/hasher.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../../../domain/ports/upstream.ts';
import type { Reference } from '../../../domain/reference.ts';
import type { Referrer } from '../../../domain/referrers.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { Authorizer } from './authorizer.ts';
import { BlobRequests } from './blob-requests.ts';
import { HttpClient, type HttpClientOptions } from './http-client.ts';
import { LearnedScheme } from './learned-scheme.ts';
import { type Credentials, Login } from './login.ts';
import { ManifestRequests } from './manifest-requests.ts';
import { ReferrerRequests } from './referrer-requests.ts';
import { RegistryClient } from './registry-client.ts';
import { TagRequests } from './tag-requests.ts';
import { TokenSource } from './token-source.ts';

export interface RegistryUpstreamOptions extends HttpClientOptions {
  /** Where the registry is; `/v2/` is added to its path. */
  readonly url: URL;
  /** Anonymous without. */
  readonly credentials?: Credentials | undefined;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Told, once, what the operator should know and the requests do not fail of. */
  readonly warn: (message: string) => void;
}

/**
 * An OCI registry, right for Docker Hub
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pull).
 */
export class RegistryUpstream implements Upstream {
  readonly location: string;
  readonly #http: HttpClient;
  readonly #client: RegistryClient;
  readonly #manifests: ManifestRequests;
  readonly #blobs: BlobRequests;
  readonly #tags: TagRequests;
  readonly #referrers: ReferrerRequests;

  constructor(options: RegistryUpstreamOptions) {
    const root = rootOf(options.url);
    this.location = root.href.replace(/\/$/, '');
    this.#http = new HttpClient(options);
    const client = clientFor(new URL('v2/', root), this.#http, options);
    this.#client = client;
    this.#manifests = new ManifestRequests(client, options.hasher);
    this.#blobs = new BlobRequests(client);
    this.#tags = new TagRequests(client);
    this.#referrers = new ReferrerRequests(client);
  }

  async resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#manifests.resolve(repository, reference, timeoutMs);
  }

  async fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#manifests.fetch(repository, digest);
  }

  async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
  ): Promise<FetchedBlob> {
    return this.#blobs.fetch(repository, digest, offset);
  }

  async statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#blobs.stat(repository, digest);
  }

  async listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#tags.list(repository, page);
  }

  async listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    return this.#referrers.list(repository, subject);
  }

  async probe(): Promise<void> {
    await this.#client.probe();
  }

  async close(): Promise<void> {
    await this.#http.close();
  }
}

/** The address as a folder, without what may be secret. */
function rootOf(url: URL): URL {
  const root = new URL(url);
  root.username = '';
  root.password = '';
  root.search = '';
  root.hash = '';
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  return root;
}

function clientFor(base: URL, http: HttpClient, options: RegistryUpstreamOptions): RegistryClient {
  const { clock, credentials, warn } = options;
  const login = credentials && new Login(credentials, clock);
  const authorizer = new Authorizer({
    scheme: new LearnedScheme({ http, clock, base }),
    tokens: new TokenSource({ http, clock, registry: base, login, warn }),
    login,
    host: base.host,
  });
  return new RegistryClient({ http, authorizer, clock, base });
}
