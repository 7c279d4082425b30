import type { BenchCase, Subject } from '../cases/bench-case.ts';
import type { Peer, PeerKind } from '../peers/peer.ts';
import { PeerProcess } from '../peers/peer-process.ts';
import { Hub } from './hub.ts';
import { type BenchImage, pullManifest, pullUntilWarm } from './image.ts';
import type { Options } from './options.ts';
import { Samples } from './samples.ts';
import { wrk } from './wrk.ts';

/** How fast each transfer from the Hub is, in bytes per second. */
const HUB_SPEED = 100_000_000;

/** Load that does not count, since a program that has just started is not yet what it will be. */
const WARMING_SECONDS = 1;

export interface Surroundings {
  readonly signal: AbortSignal;
  /** Told what is going on. */
  readonly note: (line: string) => void;
}

/** Measures every case with every peer, again in each round. */
export class Comparison {
  readonly #kinds: readonly PeerKind[];
  readonly #options: Options;
  readonly #around: Surroundings;
  readonly #samples: Samples;
  readonly #running = new Set<Peer>();
  readonly #images = new Map<string, BenchImage>();

  constructor(kinds: readonly PeerKind[], options: Options, around: Surroundings) {
    this.#kinds = kinds;
    this.#options = options;
    this.#around = around;
    this.#samples = new Samples(options.cases);
  }

  async run(): Promise<Samples> {
    this.#around.note('starting the Hub double');
    const hub = await Hub.start(HUB_SPEED);
    try {
      await this.#warmUp(hub);
      for (let round = 0; round < this.#options.rounds; round++) await this.#round(hub, round);
      return this.#samples;
    } finally {
      await Promise.all([...this.#running].map((peer) => this.#stop(peer)));
      await hub.stop();
    }
  }

  async #warmUp(hub: Hub): Promise<void> {
    if (!this.#options.cases.some(({ store }) => store === 'warm')) return;
    for (const kind of this.#kinds) {
      this.#around.note(`warming up ${kind.name}`);
      const { url } = await this.#start(kind, hub);
      const image = await pullUntilWarm(url, hub, this.#around.signal);
      this.#images.set(kind.name, image);
      await wrk(image.byDigest, WARMING_SECONDS, this.#around.signal);
    }
  }

  /** Who is first changes with each round, so that no peer always has the warmer machine. */
  async #round(hub: Hub, round: number): Promise<void> {
    const turn = round % this.#kinds.length;
    const order = [...this.#kinds.slice(turn), ...this.#kinds.slice(0, turn)];
    for (const each of this.#options.cases) {
      for (const kind of order) {
        const values = await this.#measure(each, kind, hub);
        this.#samples.add(each, kind.name, values);
        const told = each.metrics.map(({ format }, index) => format(values[index] ?? Number.NaN));
        this.#around.note(`round ${round + 1}: ${each.name}, ${kind.name}: ${told.join(', ')}`);
      }
    }
  }

  async #measure(each: BenchCase, kind: PeerKind, hub: Hub): Promise<readonly number[]> {
    const image = this.#images.get(kind.name);
    if (each.store === 'cold' || image === undefined) return this.#measureCold(each, kind, hub);
    return each.measure(this.#subject(image, hub));
  }

  async #measureCold(each: BenchCase, kind: PeerKind, hub: Hub): Promise<readonly number[]> {
    const { url, peer } = await this.#start(kind, hub);
    try {
      const image = await pullManifest(url, this.#around.signal);
      return await each.measure(this.#subject(image, hub));
    } finally {
      await this.#stop(peer);
    }
  }

  #subject(image: BenchImage, hub: Hub): Subject {
    return { image, hub, effort: this.#options.effort, signal: this.#around.signal };
  }

  async #start(kind: PeerKind, hub: Hub): Promise<{ url: string; peer: Peer }> {
    const peer = new PeerProcess(kind);
    this.#running.add(peer);
    return { url: await peer.start(hub.url, this.#around.signal), peer };
  }

  async #stop(peer: Peer): Promise<void> {
    await peer.stop();
    this.#running.delete(peer);
  }
}
