import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import type { Arrival } from './hub/arrivals.ts';
import { type HubDouble, startHub } from './hub/hub-double.ts';
import { launchMirror, type MirrorOptions, startMirror } from './mirror-process.ts';
import { type Image, image, randomLayer } from './oci-image.ts';
import { pullByDigest } from './pulls.ts';
import { RegistryStore } from './registry-store.ts';
import { SeededRandom } from './seeded-random.ts';
import { type TempDirectory, tempDirectory } from './temp-directory.ts';

const MIB = 1024 * 1024;
const LAYERS = [4 * MIB, 2 * MIB, MIB / 4];

/** So slow that no image is here before the mirror is killed a few times. */
const BYTES_PER_SECOND = 20 * MIB;
const PIECE = 64 * 1024;

/** How many images are pulled at a time; the next is pushed when one is here. */
const WANTED = 2;

/** The moment of a kill: at the start, or a little after the Hub has sent so much of what is pulled. */
const KILLED_AT_START = 0.15;
const LONGEST_START_MS = 500;
const MOST_SENT = 6 * MIB;
const LONGEST_AFTER_MS = 50;

/** Mirrors over one directory that are killed while they pull from a slow Hub. */
export class CrashScene {
  kills = 0;
  readonly #hub: HubDouble;
  readonly #directory: TempDirectory;
  readonly #seed: number;
  readonly #store: RegistryStore;
  /** By the name of their repository. */
  readonly #images = new Map<string, Image>();
  readonly #here = new Set<string>();

  constructor(hub: HubDouble, directory: TempDirectory, seed: number) {
    this.#hub = hub;
    this.#directory = directory;
    this.#seed = seed;
    this.#store = new RegistryStore(join(directory.path, 'storage'));
  }

  static async open(seed: number): Promise<CrashScene> {
    const hub = await startHub({ rateLimit: undefined });
    hub.cdn.bytesPerSecond = BYTES_PER_SECOND;
    hub.cdn.chunkBytes = PIECE;
    return new CrashScene(hub, await tempDirectory(), seed);
  }

  /**
   * Starts a mirror, pulls, kills it and looks at what is there, `times` times. The moments are
   * those of the seed and the lane.
   */
  async killAgainAndAgain(times: number, lane: number): Promise<void> {
    const random = new SeededRandom(this.#seed + lane);
    for (let time = 0; time < times; time++) {
      if (random.next() < KILLED_AT_START) await this.#killAtStart(random);
      else await this.#killInPull(random);
      this.kills++;
      await this.#store.check();
    }
  }

  /** Pulls all that there is from one more mirror, and looks at every byte of the storage. */
  async pullAll(): Promise<void> {
    this.#hub.cdn.bytesPerSecond = undefined;
    const mirror = await startMirror(this.#options);
    for (const repository of this.#images.keys()) {
      await pullByDigest(mirror.url, repository, 'latest');
    }
    await mirror.stop();
    this.#store.forgetContent();
    await this.#store.check();
    for (const { config, layers } of this.#images.values()) {
      for (const { digest } of [config, ...layers]) this.#store.mustHave(digest);
    }
  }

  /**
   * How many downloads began where an earlier one had ended, the bytes that the Hub has sent, and
   * how many it would have sent if every download had begun at 0.
   */
  downloads(): { resumed: number; sent: number; fromZero: number } {
    const all = this.#hub.arrivals.of('cdn-get').filter(({ bytesSent }) => bytesSent > 0);
    const sent = all.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    const skipped = all.reduce((sum, arrival) => sum + offsetOf(arrival), 0);
    const resumed = all.filter((arrival) => offsetOf(arrival) > 0).length;
    return { resumed, sent, fromZero: sent + skipped };
  }

  async close(): Promise<void> {
    await this.#hub.close();
    await this.#directory.remove();
  }

  get #options(): MirrorOptions {
    return { directory: this.#directory.path, upstream: this.#hub.url };
  }

  async #killAtStart(random: SeededRandom): Promise<void> {
    const delay = random.below(LONGEST_START_MS);
    const program = await launchMirror(this.#options);
    await sleep(delay);
    program.kill();
    await program.ended;
  }

  async #killInPull(random: SeededRandom): Promise<void> {
    const bytes = random.below(MOST_SENT);
    const delay = random.below(LONGEST_AFTER_MS);
    const { program, url } = await startMirror(this.#options);
    let isOver = false;
    const pulls = Promise.all(this.#wanted().map((each) => this.#pull(url, each))).finally(() => {
      isOver = true;
    });
    pulls.catch(() => {}); // it is told once the mirror has been killed
    const enough = this.#sent() + bytes;
    // Time alone would bring no byte at all on a busy machine.
    await eventually(() => isOver || this.#sent() >= enough, `${bytes} more bytes are sent`);
    await sleep(delay);
    program.kill();
    await program.ended;
    await pulls;
  }

  /** How many bytes of blobs the Hub has sent. */
  #sent(): number {
    return this.#hub.arrivals.bytes('cdn-get');
  }

  /** The repositories of images that are not here yet. */
  #wanted(): string[] {
    const missing = (): string[] =>
      [...this.#images.keys()].filter((name) => !this.#here.has(name));
    while (missing().length < WANTED) {
      const number = this.#images.size;
      const layers = LAYERS.map((size, at) => randomLayer(size, number * LAYERS.length + at));
      const pushed = image({ layers });
      this.#images.set(`library/image${number}`, pushed);
      this.#hub.push(`library/image${number}`, pushed, { tags: ['latest'] });
    }
    return missing();
  }

  /** A connection that breaks is no wonder; wrong bytes or an error that is told would be. */
  async #pull(url: string, repository: string): Promise<void> {
    try {
      await pullByDigest(url, repository, 'latest');
      this.#here.add(repository);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

function offsetOf({ range }: Arrival): number {
  return Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
}
