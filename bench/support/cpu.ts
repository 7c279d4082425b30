import type { Peer } from '../peers/peer.ts';

export interface Costing<T> {
  readonly result: T;
  readonly cpuSeconds: number;
  /** The part that is the mirror's where another program is in front of it, else NaN. */
  readonly cpuSecondsBehind: number;
}

/** What the peer needs for it, in all its processes. */
export async function costing<T>(peer: Peer, work: () => Promise<T>): Promise<Costing<T>> {
  const before = await peer.cpuSeconds();
  const beforeBehind = await peer.cpuSecondsBehind();
  const result = await work();
  return {
    result,
    cpuSeconds: (await peer.cpuSeconds()) - before,
    cpuSecondsBehind: (await peer.cpuSecondsBehind()) - beforeBehind,
  };
}
