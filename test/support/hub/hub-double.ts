import type { Image } from '../oci-image.ts';
import type { ImageIndex } from '../oci-index.ts';
import type { Arrivals, ServerName } from './arrivals.ts';
import { cdnEndpoint } from './cdn-server.ts';
import type { Faults } from './faults.ts';
import { HubState } from './hub-state.ts';
import { Listener } from './listener.ts';
import type { Pace } from './pace.ts';
import { registryEndpoint } from './registry-server.ts';
import { addImage, findManifest } from './repositories.ts';
import { serve } from './serve.ts';
import { DEFAULT_SETTINGS, type HubSettings } from './settings.ts';
import { tokenEndpoint } from './token-server.ts';

export interface HubOptions extends Partial<HubSettings> {
  /** Address to listen on. */
  host?: string;
  /** Host name in URLs; the address listened on unless told. */
  publicHost?: string;
  /** 0, the default, takes any free port. */
  ports?: Partial<Record<ServerName, number>>;
}

/**
 * Docker Hub in this process: registry, token service and CDN on three ports. What is not here is
 * what a mirror never sees: uploads, search, real JWTs, TLS.
 */
export class HubDouble {
  readonly #state: HubState;
  readonly #listeners: Record<ServerName, Listener>;

  constructor(state: HubState, listeners: Record<ServerName, Listener>) {
    this.#state = state;
    this.#listeners = listeners;
  }

  get url(): string {
    return this.#state.urls.registry;
  }

  get authUrl(): string {
    return this.#state.urls.auth;
  }

  get cdnUrl(): string {
    return this.#state.urls.cdn;
  }

  get arrivals(): Arrivals {
    return this.#state.arrivals;
  }

  get faults(): Faults {
    return this.#state.faults;
  }

  /** Speed of blob bytes. */
  get cdn(): Pace {
    return this.#state.pace;
  }

  get settings(): HubSettings {
    return this.#state.settings;
  }

  /** Stores an image with all below it, creates the repository if needed, returns the digest. */
  push(
    repository: string,
    pushed: Image | ImageIndex,
    { tags = [] }: { tags?: string[] } = {},
  ): string {
    const { digest } = pushed.manifest;
    addImage(this.#state.repositories.create(repository), pushed);
    for (const tag of tags) this.tag(repository, tag, digest);
    return digest;
  }

  tag(repository: string, tag: string, digest: string): void {
    const { tags, manifests } = this.#state.repositories.create(repository);
    if (!manifests.has(digest)) throw new Error(`${repository} has no manifest ${digest}`);
    tags.set(tag, digest);
  }

  untag(repository: string, tag: string): void {
    this.#state.repositories.get(repository)?.tags.delete(tag);
  }

  /** Removes a manifest or blob (and what points to it by tag), or the whole repository. */
  remove(repository: string, digest?: string): void {
    if (digest === undefined) this.#state.repositories.delete(repository);
    const found = this.#state.repositories.get(repository);
    if (!found || digest === undefined) return;
    found.manifests.delete(digest);
    found.blobs.delete(digest);
    for (const tag of found.tags.keys()) if (!findManifest(found, tag)) found.tags.delete(tag);
  }

  /** An account; a personal access token is just another password. */
  addUser(user: string, password: string): void {
    this.#state.users.set(user, password);
  }

  makePrivate(repository: string, owner: string): void {
    this.#state.repositories.create(repository).owner = owner;
  }

  /** Every token handed out so far is answered with `invalid_token` from now on. */
  expireTokens(): void {
    this.#state.tokens.expireAll();
  }

  /** Every CDN link handed out so far is answered with 403 from now on. */
  expireLinks(): void {
    this.#state.links.expireAll();
  }

  /** Gives back the full pull allowance. */
  resetPullLimit(): void {
    this.#state.pullLimit.reset();
  }

  /** Refuses connections and breaks the open ones. */
  async down(server: ServerName): Promise<void> {
    await this.#listeners[server].down();
  }

  /** Listens again, on the same port as before. */
  async up(server: ServerName): Promise<void> {
    await this.#listeners[server].up();
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#listeners).map((listener) => listener.down()));
  }
}

export async function startHub(options: HubOptions = {}): Promise<HubDouble> {
  const { host = '127.0.0.1', publicHost = host, ports = {}, ...settings } = options;
  const state = new HubState({ ...DEFAULT_SETTINGS, ...settings });
  const listeners = {
    registry: new Listener(
      serve('registry', registryEndpoint(state), state),
      host,
      ports.registry ?? 0,
    ),
    auth: new Listener(serve('auth', tokenEndpoint(state), state), host, ports.auth ?? 0),
    cdn: new Listener(serve('cdn', cdnEndpoint(state), state), host, ports.cdn ?? 0),
  };
  for (const name of ['registry', 'auth', 'cdn'] as const) {
    await listeners[name].up();
    state.urls[name] = `http://${publicHost}:${listeners[name].port}`;
  }
  return new HubDouble(state, listeners);
}
