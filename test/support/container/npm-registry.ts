import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../program.ts';

const LOCK = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
}

/**
 * A registry of npm packages that has what the lock file names, from npm's cache on this machine, where
 * `npm ci` has put it: with it an image is built without a network, and still by `npm ci`.
 */
export class NpmRegistry {
  readonly #server: Server;
  readonly #cache: string;
  /** Of each name, the versions with their integrity. */
  readonly #packages = new Map<string, Map<string, string>>();
  /** What was asked for and is not in the cache; `npm ci` puts it there. */
  readonly missing: string[] = [];

  constructor(cache: string) {
    this.#cache = cache;
    const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as {
      packages: Record<string, LockedPackage>;
    };
    for (const [path, { version, integrity }] of Object.entries(lock.packages)) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      if (integrity === undefined) continue;
      const versions = this.#packages.get(name) ?? new Map<string, string>();
      this.#packages.set(name, versions.set(version, integrity));
    }
    this.#server = createServer(({ url = '/' }, response) => {
      const [name = '', tarball] = decodeURIComponent(url.slice(1)).split('/-/');
      if (tarball === undefined) this.#describe(name, response);
      else this.#send(name, tarball, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** As much of https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md as npm needs. */
  #describe(name: string, response: ServerResponse): void {
    const versions = [...(this.#packages.get(name) ?? [])].map(([version, integrity]) => {
      const tarball = `${this.url}/${name}/-/${version}.tgz`;
      return [version, { name, version, dist: { tarball, integrity } }] as const;
    });
    response.writeHead(versions.length > 0 ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ name, versions: Object.fromEntries(versions) }));
  }

  #send(name: string, tarball: string, response: ServerResponse): void {
    const version = basename(tarball, '.tgz');
    const integrity = this.#packages.get(name)?.get(version);
    const file = integrity === undefined ? undefined : this.#fileOf(integrity);
    if (file !== undefined && existsSync(file)) createReadStream(file).pipe(response);
    else {
      this.missing.push(`${name}@${version}`);
      response.writeHead(404).end();
    }
  }

  /** https://github.com/npm/cacache/blob/main/lib/content/path.js */
  #fileOf(integrity: string): string {
    const [algorithm = '', digest = ''] = integrity.split('-');
    const hex = Buffer.from(digest, 'base64').toString('hex');
    const parts = [algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)];
    return join(this.#cache, '_cacache/content-v2', ...parts);
  }
}

export async function startNpmRegistry(): Promise<NpmRegistry> {
  const cache = (await run('npm', ['config', 'get', 'cache'])).trim();
  const registry = new NpmRegistry(cache);
  await registry.start();
  return registry;
}
