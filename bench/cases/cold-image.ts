import { setTimeout as sleep } from 'node:timers/promises';
import { dockerRegistry } from '../peers/docker-registry.ts';
import { kagami } from '../peers/kagami.ts';
import { nginx } from '../peers/nginx.ts';
import { NEXT, pullLayered } from '../support/image-pull.ts';
import { count, seconds, times } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

const SETTLING_MS = 500;

/**
 * One client pulls an image that the mirror does not hold, after it has pulled it from the Hub; and
 * then another, since the first one meets a process whose code has never run.
 */
export const coldImage: BenchCase = {
  name: 'cold-image',
  store: 'cold',
  rounds: 3,
  peers: [kagami, dockerRegistry, nginx],
  metrics: [
    { label: 'cold image of 31 layers, one client', better: 'less', format: seconds },
    { label: '  against a pull from the Hub itself', better: 'less', format: times },
    { label: '  the same with the next image', better: 'less', format: times },
    { label: '  requests to the Hub', better: 'less', format: count },
    { label: '  bytes from the Hub', better: 'less', format: times },
  ],
  measure: async (scene) => {
    const { hub, signal } = scene;
    const direct = await pullLayered(hub.url, signal);
    const peer = await scene.start();
    try {
      await hub.forget(signal);
      const pull = await pullLayered(peer.url, signal);
      await sleep(SETTLING_MS, undefined, { signal });
      const { requests, blobBytes } = await hub.seen(signal);
      const next = await pullLayered(peer.url, signal, NEXT);
      return [pull.ms, pull.ms / direct.ms, next.ms / direct.ms, requests, blobBytes / pull.bytes];
    } finally {
      await scene.stop(peer);
    }
  },
};
