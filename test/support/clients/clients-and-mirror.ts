import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtMirror } from '../compiled-mirror.ts';
import type { HubDouble } from '../hub/hub-double.ts';
import { type MirroredHub, mirroredHub } from '../mirrored-hub.ts';
import { type SampleOptions, sampleImage } from '../sample-image.ts';
import { type Client, LABEL_FILE, type StartClient } from './client.ts';
import { requirePrograms } from './installed.ts';
import { unmountBelow } from './mounts.ts';
import { Outside } from './outside.ts';

/** A Hub, the built mirror of it, and clients of that mirror which cannot reach anything else. */
export class ClientsAndMirror {
  readonly #both: MirroredHub;
  readonly #outside: Outside;
  readonly #clients: Promise<Client>[] = [];
  /** Should the run break off, the directory can at least be removed. */
  readonly #unmount = (): void => unmountBelow(this.directory);

  constructor(both: MirroredHub, outside: Outside) {
    this.#both = both;
    this.#outside = outside;
    process.once('exit', this.#unmount);
  }

  get hub(): HubDouble {
    return this.#both.hub;
  }

  get url(): string {
    return this.#both.url;
  }

  get directory(): string {
    return this.#both.directory.path;
  }

  get mirrored(): MirroredHub {
    return this.#both;
  }

  /** What clients wanted from elsewhere. */
  get strayCalls(): readonly string[] {
    return this.#outside.calls;
  }

  add(start: StartClient, mirror: string = this.url): Promise<Client> {
    const client = this.#start(start, mirror);
    this.#clients.push(client);
    return client;
  }

  async #start(start: StartClient, mirror: string): Promise<Client> {
    const directory = join(this.directory, `client${this.#clients.length}`);
    await mkdir(directory);
    const env = { ...this.#outside.variables, HOME: directory, TMPDIR: directory };
    return start({ mirror, directory, env });
  }

  /** Stops and removes all; fails if the mirror did not stop in order. */
  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#clients);
    const clients = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.allSettled(clients.map((client) => client.stop()));
    this.#unmount();
    process.off('exit', this.#unmount);
    await this.#outside.stop();
    await this.#both.close();
  }
}

export async function clientsAndMirror(): Promise<ClientsAndMirror> {
  const both = await mirroredHub({ main: builtMirror() });
  const outside = new Outside();
  await outside.start();
  return new ClientsAndMirror(both, outside);
}

/** An image that runs without anything else, and says its label. */
export function runnableImage(
  label: string,
  options: SampleOptions = {},
): ReturnType<typeof sampleImage> {
  requirePrograms(['busybox']);
  const busybox = { content: readFileSync('/bin/busybox'), mode: 0o755 };
  return sampleImage(label, {
    ...options,
    files: { 'bin/busybox': busybox },
    command: ['/bin/busybox', 'cat', `/${LABEL_FILE}`],
  });
}
