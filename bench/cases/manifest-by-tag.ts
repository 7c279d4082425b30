import { requests } from '../support/requests.ts';
import { microseconds, perSecond, times } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

/** The Hub is asked whether the tag has moved, so how often it is asked belongs to the answer. */
export const manifestByTag: BenchCase = {
  name: 'manifest-by-tag',
  store: 'warm',
  metrics: [
    { label: 'warm manifest by tag, requests', better: 'more', format: perSecond },
    { label: '  CPU for each', better: 'less', format: microseconds },
    { label: '  requests to the Hub for each', better: 'less', format: times },
  ],
  measure: async (subject) => {
    const { image, hub, signal } = subject;
    await hub.forget(signal);
    const load = await requests(image.byTag, subject);
    const seen = await hub.seen(signal);
    return [load.perSecond, load.cpuSecondsEach, seen.requests / load.count];
  },
};
