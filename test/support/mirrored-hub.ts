import { type HubDouble, type HubOptions, startHub } from './hub/hub-double.ts';
import { type MirrorOptions, type MirrorProcess, startMirror } from './mirror-process.ts';
import { type TempDirectory, tempDirectory } from './temp-directory.ts';

export interface MirroredHubOptions extends Pick<MirrorOptions, 'env' | 'main'> {
  hub?: HubOptions;
  /** What the Hub holds before the mirror starts. */
  fill?: (hub: HubDouble) => void;
}

/** A Docker Hub, and a mirror of it in a process of its own. */
export class MirroredHub {
  readonly hub: HubDouble;
  readonly directory: TempDirectory;
  readonly #options: MirroredHubOptions;
  readonly #learned: Promise<void>;
  #mirror: MirrorProcess | undefined;

  constructor(hub: HubDouble, directory: TempDirectory, options: MirroredHubOptions) {
    this.hub = hub;
    this.directory = directory;
    this.#options = options;
    this.#learned = hub.arrivals.reached('challenge');
  }

  get mirror(): MirrorProcess {
    if (this.#mirror === undefined) throw new Error('the mirror is not started');
    return this.#mirror;
  }

  /** The mirror's URL. */
  get url(): string {
    return this.mirror.url;
  }

  async start(env: Record<string, string> = {}): Promise<void> {
    const { main } = this.#options;
    this.#mirror = await startMirror({
      directory: this.directory.path,
      upstream: this.hub.url,
      env: { ...this.#options.env, ...env },
      ...(main !== undefined && { main }),
    });
  }

  /** Stops the mirror in order and starts it again, over the same storage. */
  async restart(): Promise<void> {
    await this.mirror.stop();
    await this.start();
  }

  /** Forgets what has arrived at the Hub; what the mirror asks once, at its start, has by then. */
  async forgetArrivals(): Promise<void> {
    await this.#learned;
    this.hub.arrivals.clear();
  }

  /** The Hub cannot be reached any more. */
  async hubGoesDown(): Promise<void> {
    for (const server of ['registry', 'auth', 'cdn'] as const) await this.hub.down(server);
  }

  /** Stops everything; fails if the mirror did not stop in order. */
  async close(): Promise<void> {
    try {
      if (this.#mirror?.program.isRunning === true) await this.#mirror.stop();
    } finally {
      await this.hub.close();
      await this.directory.remove();
    }
  }
}

export async function mirroredHub(options: MirroredHubOptions = {}): Promise<MirroredHub> {
  const hub = await startHub(options.hub);
  options.fill?.(hub);
  const both = new MirroredHub(hub, await tempDirectory(), options);
  try {
    await both.start();
  } catch (error) {
    await both.close();
    throw error;
  }
  return both;
}
