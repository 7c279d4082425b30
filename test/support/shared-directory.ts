import { join } from 'node:path';
import { type HubDouble, startHub } from './hub/hub-double.ts';
import { type MirrorProcess, startMirror } from './mirror-process.ts';
import { RegistryStore } from './registry-store.ts';
import { type TempDirectory, tempDirectory } from './temp-directory.ts';

/** Mirrors, each a process of its own, that share one directory. */
export class SharedDirectory {
  readonly hub: HubDouble;
  readonly store: RegistryStore;
  readonly mirrors: MirrorProcess[] = [];
  readonly #directory: TempDirectory;

  constructor(hub: HubDouble, directory: TempDirectory) {
    this.hub = hub;
    this.#directory = directory;
    this.store = new RegistryStore(join(directory.path, 'storage'));
  }

  static async open(): Promise<SharedDirectory> {
    return new SharedDirectory(await startHub({ rateLimit: undefined }), await tempDirectory());
  }

  /** Starts as many as are missing, and lets the Hub forget what came until then. */
  async startUpTo(count: number): Promise<void> {
    const options = { directory: this.#directory.path, upstream: this.hub.url };
    this.hub.arrivals.clear();
    const missing = Math.max(0, count - this.mirrors.length);
    const starting = Array.from({ length: missing }, () => startMirror(options));
    this.mirrors.push(...(await Promise.all(starting)));
    // What a mirror asks once, at its start, is no part of what a pull costs.
    await this.hub.arrivals.reached('challenge', missing);
    this.hub.arrivals.clear();
  }

  mirror(at: number): MirrorProcess {
    const mirror = this.mirrors[at % this.mirrors.length];
    if (mirror === undefined) throw new Error('no mirror was started');
    return mirror;
  }

  /** Kills it as the machine's trouble would. */
  async kill(mirror: MirrorProcess): Promise<void> {
    this.mirrors.splice(this.mirrors.indexOf(mirror), 1);
    mirror.program.kill();
    await mirror.program.ended;
  }

  /** How many log lines of all mirrors are about this event. */
  events(type: string): number {
    return this.mirrors.flatMap(({ log }) => log.filter(({ event }) => event === type)).length;
  }

  async close(): Promise<void> {
    for (const mirror of this.mirrors.splice(0)) await mirror.stop();
    await this.hub.close();
    await this.#directory.remove();
  }
}
