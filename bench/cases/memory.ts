import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from '../peers/peer.ts';
import { pullManifest, pullUntilWarm } from '../support/image.ts';
import { SlowClients } from '../support/slow-clients.ts';
import { throughput } from '../support/throughput.ts';
import { mib } from '../support/units.ts';
import { wrk } from '../support/wrk.ts';
import type { BenchCase } from './bench-case.ts';

const LOOK_EVERY_MS = 100;
const AT_REST_AFTER_MS = 1_000;

/** Of a mirror that is new, since memory once taken is not always given back. */
export const memory: BenchCase = {
  name: 'memory',
  store: 'cold',
  rounds: 1,
  metrics: [
    { label: 'memory at rest, all processes', better: 'less', format: mib },
    { label: '  at most, with slow clients', better: 'less', format: mib },
    { label: '  at most, under load', better: 'less', format: mib },
  ],
  measure: async (scene) => {
    const { hub, effort, signal } = scene;
    const peer = await scene.start();
    try {
      await pullManifest(peer.url, signal);
      await sleep(AT_REST_AFTER_MS, undefined, { signal });
      const rest = await peer.residentBytes();
      const image = await pullUntilWarm(peer.url, hub, signal);
      const slow = await most(peer, async () => {
        const clients = await SlowClients.begin(image.large.url, effort.slowClients, signal);
        await sleep(effort.seconds * 1000, undefined, { signal });
        clients.end();
      });
      const load = await most(peer, async () => {
        await wrk(image.small.url, effort.seconds, signal);
        const stream = { connections: 8, seconds: effort.seconds };
        await throughput(image.large.url, stream, signal);
      });
      return [rest, slow, load];
    } finally {
      await scene.stop(peer);
    }
  },
};

/** The most memory that the peer has while the work is done. */
async function most(peer: Peer, work: () => Promise<void>): Promise<number> {
  const over = new AbortController();
  let bytes = 0;
  const watching = (async () => {
    while (!over.signal.aborted) {
      bytes = Math.max(bytes, await peer.residentBytes());
      await sleep(LOOK_EVERY_MS);
    }
  })();
  try {
    await work();
    return bytes;
  } finally {
    over.abort();
    await watching;
  }
}
