import { requests } from '../support/requests.ts';
import { microseconds, perSecond } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

export const manifestByDigest: BenchCase = {
  name: 'manifest-by-digest',
  store: 'warm',
  metrics: [
    { label: 'warm manifest by digest, requests', better: 'more', format: perSecond },
    { label: '  CPU for each', better: 'less', format: microseconds },
  ],
  measure: async (subject) => {
    const load = await requests(subject.image.byDigest, subject);
    return [load.perSecond, load.cpuSecondsEach];
  },
};
