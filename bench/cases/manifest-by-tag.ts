import { perSecond, times } from '../support/units.ts';
import { wrk } from '../support/wrk.ts';
import type { BenchCase } from './bench-case.ts';

/** The Hub is asked whether the tag has moved, so how often it is asked belongs to the answer. */
export const manifestByTag: BenchCase = {
  name: 'manifest-by-tag',
  store: 'warm',
  metrics: [
    { label: 'warm manifest by tag, requests', better: 'more', format: perSecond },
    { label: '  requests to the Hub for each', better: 'less', format: times },
  ],
  measure: async ({ image, hub, effort, signal }) => {
    await hub.forget(signal);
    const load = await wrk(image.byTag, effort.seconds, signal);
    const { requests } = await hub.seen(signal);
    return [load.perSecond, requests / load.requests];
  },
};
