import { nginx } from '../peers/nginx.ts';
import { fillLargeStore } from '../support/large-store.ts';
import { milliseconds } from '../support/units.ts';
import type { BenchCase, Scene } from './bench-case.ts';

/** From the start of the process until it answers. */
export const start: BenchCase = {
  name: 'start',
  rounds: 2,
  store: 'cold',
  metrics: [
    { label: 'start over an empty store', better: 'less', format: milliseconds },
    { label: 'start over a large store', better: 'less', format: milliseconds },
  ],
  measure: async (scene) => {
    const { kind, scratch, effort } = scene;
    const empty = await startOver(undefined, scene);
    // Its store has nothing in common with a registry's.
    if (kind === nginx) return [empty, Number.NaN];
    const large = await scratch.filled('images', (root) => fillLargeStore(root, effort.images));
    return [empty, await startOver(large, scene)];
  },
};

async function startOver(store: string | undefined, scene: Scene): Promise<number> {
  const peer = await scene.start(store);
  const { startedInMs } = peer;
  await scene.stop(peer);
  return startedInMs;
}
