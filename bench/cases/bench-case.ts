import type { Peer, PeerKind } from '../peers/peer.ts';
import type { Hub } from '../support/hub.ts';
import type { BenchImage } from '../support/image.ts';
import type { Scratch } from '../support/scratch.ts';

export interface Metric {
  readonly label: string;
  readonly better: 'more' | 'less';
  readonly format: (value: number) => string;
}

/** How long and with how much each measurement is made. */
export interface Effort {
  readonly seconds: number;
  /** How many clients come at once for a cold blob: some, and very many. */
  readonly herd: number;
  readonly crowd: number;
  /** How many come to several processes over one directory. */
  readonly shared: number;
  readonly slowClients: number;
  /** How many images a large store has. */
  readonly images: number;
  /** Speed of each transfer from the Hub, in bytes per second, when it is to be slow. */
  readonly slowHub: number;
}

/** What a case finds when it starts its peers itself. */
export interface Scene {
  readonly kind: PeerKind;
  readonly hub: Hub;
  readonly effort: Effort;
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  /** @param store a directory that is kept; without it, an empty one that is removed */
  start(store?: string): Promise<Peer>;
  stop(peer: Peer): Promise<void>;
}

/** One peer, running, warm, and with nothing else to do. */
export interface Subject {
  readonly peer: Peer;
  readonly image: BenchImage;
  readonly hub: Hub;
  readonly effort: Effort;
  readonly signal: AbortSignal;
}

interface About {
  readonly name: string;
  readonly metrics: readonly Metric[];
  /** The peers that take part; all of them if not told. */
  readonly peers?: readonly PeerKind[];
  /** The most rounds it takes part in, where a value takes long. */
  readonly rounds?: number;
}

/** For a peer that holds the image. One value for each of the metrics, in their order. */
export interface WarmCase extends About {
  readonly store: 'warm';
  measure(subject: Subject): Promise<readonly number[]>;
}

/** For peers that are new for each measurement. A value that a peer cannot have is NaN. */
export interface ColdCase extends About {
  readonly store: 'cold';
  measure(scene: Scene): Promise<readonly number[]>;
}

export type BenchCase = WarmCase | ColdCase;
