import type { Peer } from '../peers/peer.ts';

export interface Costing<T> {
  readonly result: T;
  readonly cpuSeconds: number;
}

/** What the peer needs for it, in all its processes. */
export async function costing<T>(peer: Peer, work: () => Promise<T>): Promise<Costing<T>> {
  const before = await peer.cpuSeconds();
  const result = await work();
  return { result, cpuSeconds: (await peer.cpuSeconds()) - before };
}
