import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dockerd, startDockerd } from '../clients/docker.ts';
import { unmountBelow } from '../clients/mounts.ts';
import { type TempDirectory, tempDirectory } from '../temp-directory.ts';
import { importBaseImage } from './base-image.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
/** What the Dockerfile builds on unless told. */
const BASE = 'node:20-bookworm-slim';

export const IMAGE = 'kagami';

/** A dockerd, in which the Dockerfile's base is an image made of this machine. */
export class ContainerScene {
  readonly dockerd: Dockerd;
  readonly #directory: TempDirectory;
  readonly #npm: NpmRegistry;
  /** Should the run break off, the directory can at least be removed. */
  readonly #unmount = (): void => unmountBelow(this.#directory.path);

  constructor(dockerd: Dockerd, directory: TempDirectory, npm: NpmRegistry) {
    this.dockerd = dockerd;
    this.#directory = directory;
    this.#npm = npm;
    process.once('exit', this.#unmount);
  }

  docker(...args: string[]): Promise<string> {
    return this.dockerd.docker(...args);
  }

  /** A new directory. */
  async directory(name: string): Promise<string> {
    const path = join(this.#directory.path, name);
    await mkdir(path);
    return path;
  }

  async importBase(): Promise<void> {
    const env = { npm_config_registry: this.#npm.url };
    await importBaseImage(this.dockerd, { directory: this.#directory.path, tag: BASE, env });
  }

  async build(): Promise<void> {
    try {
      await this.docker('build', '--network', 'host', '--tag', IMAGE, PROJECT);
    } catch (error) {
      const { missing } = this.#npm;
      if (missing.length === 0) throw error;
      const message = `npm's cache does not have ${missing.join(', ')}: run npm ci`;
      throw new Error(message, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.dockerd.stop();
    await this.#npm.stop();
    this.#unmount();
    process.off('exit', this.#unmount);
    await this.#directory.remove();
  }
}

export async function containerScene(): Promise<ContainerScene> {
  const directory = await tempDirectory();
  const dockerd = await startDockerd(
    { directory: directory.path, env: { HOME: directory.path } },
    '{}',
  );
  return new ContainerScene(dockerd, directory, await startNpmRegistry());
}
