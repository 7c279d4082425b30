import { setTimeout as sleep } from 'node:timers/promises';
import { dockerRegistry } from '../peers/docker-registry.ts';
import { kagami } from '../peers/kagami.ts';
import { nginx } from '../peers/nginx.ts';
import { Crowd, firstByteLag, type Served } from '../support/crowd.ts';
import type { Upstream } from '../support/hub.ts';
import { pullManifest } from '../support/image.ts';
import { milliseconds, seconds, times } from '../support/units.ts';
import type { BenchCase, ColdCase, Effort, Scene } from './bench-case.ts';

/** A mirror may still be downloading for itself when its clients have everything. */
const SETTLING_MS = 500;

const COLD: Pick<ColdCase, 'store' | 'peers'> = {
  store: 'cold',
  peers: [kagami, dockerRegistry, nginx],
};

/** All come at once for a blob that the mirror does not hold. */
export const herd: BenchCase = {
  ...COLD,
  name: 'herd',
  rounds: 2,
  metrics: metricsOf('herd'),
  measure: (scene: Scene) => measure(scene, ({ herd: some }) => some),
};

export const crowd: BenchCase = {
  ...COLD,
  name: 'crowd',
  rounds: 1,
  metrics: metricsOf('crowd'),
  measure: (scene: Scene) => measure(scene, ({ crowd: many }) => many),
};

function metricsOf(who: string): ColdCase['metrics'] {
  return [
    { label: `${who} on one cold 256 MiB blob: last done`, better: 'less', format: seconds },
    { label: '  against the time of one client', better: 'less', format: times },
    { label: "  worst first byte after the Hub's", better: 'less', format: milliseconds },
    { label: '  bytes from the Hub', better: 'less', format: times },
  ];
}

async function measure(
  scene: Scene,
  clients: (effort: Effort) => number,
): Promise<readonly number[]> {
  const alone = await together(scene, 1);
  const all = await together(scene, clients(scene.effort));
  return [all.ms, all.ms / alone.ms, firstByteLag(all, all.upstream), all.share];
}

interface Outcome extends Served {
  readonly ms: number;
  readonly upstream: Upstream;
  /** How many times the blob was fetched. */
  readonly share: number;
}

/** So many clients of a mirror that is new. */
async function together(scene: Scene, clients: number): Promise<Outcome> {
  const { hub, signal } = scene;
  const peer = await scene.start();
  try {
    const { url, size } = (await pullManifest(peer.url, signal)).large;
    const gathered = await Crowd.gather(Array<string>(clients).fill(url), signal);
    await hub.forget(signal);
    const served = await gathered.download();
    await sleep(SETTLING_MS, undefined, { signal });
    const upstream = await hub.seen(signal);
    const ms = served.lastByteAt - served.startedAt;
    return { ...served, ms, upstream, share: upstream.blobBytes / size };
  } finally {
    await scene.stop(peer);
  }
}
