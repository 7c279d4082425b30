import type { BenchCase, ColdCase, Scene } from '../cases/bench-case.ts';
import type { Peer, PeerKind } from '../peers/peer.ts';
import { PeerProcess } from '../peers/peer-process.ts';
import { Hub } from './hub.ts';
import { type BenchImage, pullUntilWarm } from './image.ts';
import type { Options } from './options.ts';
import { formatted, Samples } from './samples.ts';
import { Scratch } from './scratch.ts';
import { HUB_SPEED } from './speed.ts';
import { wrk } from './wrk.ts';

/** Load that does not count, since a program that has just started is not yet what it will be. */
const WARMING_SECONDS = 1;

export interface Surroundings {
  readonly signal: AbortSignal;
  /** Told what is going on. */
  readonly note: (line: string) => void;
}

interface WarmPeer {
  readonly peer: Peer;
  readonly image: BenchImage;
}

/** Measures every case with every peer, again in each round. */
export class Comparison {
  readonly #kinds: readonly PeerKind[];
  readonly #options: Options;
  readonly #around: Surroundings;
  readonly #samples: Samples;
  readonly #running = new Set<Peer>();
  readonly #warm = new Map<PeerKind, WarmPeer>();
  readonly #scratch = new Scratch();

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
      await this.#rounds(hub, 'warm');
      // What waits for nothing takes memory and the disk's attention all the same.
      for (const { peer } of this.#warm.values()) await this.#stop(peer);
      await this.#rounds(hub, 'cold');
      return this.#samples;
    } finally {
      await Promise.all([...this.#running].map((peer) => this.#stop(peer)));
      this.#scratch.remove();
      await hub.stop();
    }
  }

  async #rounds(hub: Hub, store: BenchCase['store']): Promise<void> {
    const cases = this.#options.cases.filter((each) => each.store === store);
    for (let round = 0; round < this.#options.rounds; round++) {
      for (const each of cases) {
        if (round < (each.rounds ?? this.#options.rounds)) await this.#round(each, round, hub);
      }
    }
  }

  /** Who is first changes with each round, so that no peer always has the warmer machine. */
  async #round(each: BenchCase, round: number, hub: Hub): Promise<void> {
    const kinds = this.#kinds.filter((kind) => takesPart(kind, each));
    const turn = round % kinds.length;
    for (const kind of [...kinds.slice(turn), ...kinds.slice(0, turn)]) {
      await hub.behave(kind.speaksToTheHub, this.#around.signal);
      const values = await this.#measure(each, kind, hub);
      this.#samples.add(each, kind.name, values);
      const told = each.metrics.map((metric, index) => formatted(metric, values[index]));
      this.#around.note(`round ${round + 1}: ${each.name}, ${kind.name}: ${told.join(', ')}`);
    }
  }

  async #measure(each: BenchCase, kind: PeerKind, hub: Hub): Promise<readonly number[]> {
    if (each.store === 'cold') return this.#measureCold(each, kind, hub);
    const warm = this.#warm.get(kind) ?? (await this.#warmUp(kind, hub));
    const { effort } = this.#options;
    return each.measure({ ...warm, hub, effort, signal: this.#around.signal });
  }

  async #warmUp(kind: PeerKind, hub: Hub): Promise<WarmPeer> {
    this.#around.note(`warming up ${kind.name}`);
    const { signal } = this.#around;
    const peer = await this.#start(kind, hub);
    const image = await pullUntilWarm(peer.url, hub, signal);
    await wrk(image.byDigest, WARMING_SECONDS, signal);
    this.#warm.set(kind, { peer, image });
    return { peer, image };
  }

  #measureCold(each: ColdCase, kind: PeerKind, hub: Hub): Promise<readonly number[]> {
    const scene: Scene = {
      kind,
      hub,
      effort: this.#options.effort,
      scratch: this.#scratch,
      signal: this.#around.signal,
      start: (store) => this.#start(kind, hub, store),
      stop: (peer) => this.#stop(peer),
    };
    return each.measure(scene);
  }

  async #start(kind: PeerKind, hub: Hub, store?: string): Promise<Peer> {
    const peer = new PeerProcess(kind, store);
    this.#running.add(peer);
    await peer.start(hub.url, this.#around.signal);
    return peer;
  }

  async #stop(peer: Peer): Promise<void> {
    await peer.stop();
    this.#running.delete(peer);
  }
}

function takesPart(kind: PeerKind, each: BenchCase): boolean {
  return (each.peers?.includes(kind) ?? true) && (kind.cases?.includes(each.name) ?? true);
}
