import type { Descriptor } from '../../../domain/descriptor.ts';
import type { Digest } from '../../../domain/digest.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
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
import { Account } from './account.ts';
import { type AccountAllowance, Accounts } from './accounts.ts';
import { Authorizer } from './authorizer.ts';
import { BlobRequests } from './blob-requests.ts';
import { GuardedHttp } from './guarded-http.ts';
import { HttpClient, type HttpClientOptions, type HttpSender } from './http-client.ts';
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
  /** In the order in which they are used; anonymous without. */
  readonly credentials?: readonly Credentials[] | undefined;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly events: Events;
  /** How long a blob's download may take to begin, in milliseconds; as long as any answer if unset. */
  readonly downloadBeginsMs?: number;
  /** From 0 to below 1, for jitter. */
  readonly random: () => number;
  /** Told, once, what the operator should know and the requests do not fail of. */
  readonly warn: (message: string) => void;
}

/**
 * An OCI registry, right for Docker Hub
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pull).
 */
export class RegistryUpstream implements Upstream {
  readonly location: string;
  readonly #connections: HttpClient;
  readonly #http: GuardedHttp;
  readonly #client: RegistryClient;
  readonly #manifests: ManifestRequests;
  readonly #blobs: BlobRequests;
  readonly #tags: TagRequests;
  readonly #referrers: ReferrerRequests;

  constructor(options: RegistryUpstreamOptions) {
    const root = rootOf(options.url);
    this.location = root.href.replace(/\/$/, '');
    const base = new URL('v2/', root);
    this.#connections = new HttpClient(options);
    this.#http = new GuardedHttp({ ...options, http: this.#connections, base });
    const client = clientFor(base, this.#http, options);
    this.#client = client;
    this.#manifests = new ManifestRequests(client, options.hasher);
    this.#blobs = new BlobRequests(client, options.downloadBeginsMs);
    this.#tags = new TagRequests(client);
    this.#referrers = new ReferrerRequests(client);
  }

  /** See {@link Accounts.allowances}. */
  get allowances(): readonly AccountAllowance[] {
    return this.#client.allowances;
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
    end?: number,
  ): Promise<FetchedBlob> {
    return this.#blobs.fetch(repository, digest, offset, end);
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
    this.#http.close();
    await this.#connections.close();
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

function clientFor(base: URL, http: HttpSender, options: RegistryUpstreamOptions): RegistryClient {
  const { clock, events, credentials = [] } = options;
  const { host } = base;
  const scheme = new LearnedScheme({ http, clock, base });
  const accountOf = (login: Login | undefined): Account => {
    const tokens = new TokenSource({ ...options, http, registry: base, login });
    const authorizer = new Authorizer({ scheme, tokens, login, host });
    return new Account({ name: login?.username, authorizer, clock, events, host });
  };
  const logins = credentials.map((each) => new Login(each, options));
  const [first, ...others] = logins.length > 0 ? logins : [undefined];
  const accounts = new Accounts([accountOf(first), ...others.map(accountOf)], clock);
  return new RegistryClient({ http, accounts, clock, base });
}
