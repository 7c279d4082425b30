import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtMirror } from '../compiled-mirror.ts';
import type { HubDouble } from '../hub/hub-double.ts';
import type { MirrorVariables } from '../mirror-process.ts';
import { type MirroredHub, mirroredHub } from '../mirrored-hub.ts';
import { type SampleOptions, sampleImage } from '../sample-image.ts';
import { type ClientOptions, LABEL_FILE } from './client.ts';
import { requirePrograms } from './installed.ts';
import { unmountBelow } from './mounts.ts';
import { Outside } from './outside.ts';

interface Stoppable {
  stop(): Promise<void>;
}

/** A Hub, the built mirror of it, and clients of that mirror which cannot reach anything else. */
export class ClientsAndMirror {
  readonly #both: MirroredHub;
  readonly #outside: Outside;
  readonly #clients: Promise<Stoppable>[] = [];
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

  add<T extends Stoppable>(
    start: (options: ClientOptions) => Promise<T>,
    mirror: string = this.url,
  ): Promise<T> {
    const client = this.#start(start, mirror);
    this.#clients.push(client);
    return client;
  }

  async #start<T>(start: (options: ClientOptions) => Promise<T>, mirror: string): Promise<T> {
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

/** @param env more variables of the mirror */
export async function clientsAndMirror(env: MirrorVariables = {}): Promise<ClientsAndMirror> {
  const both = await mirroredHub({ main: builtMirror(), env });
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
