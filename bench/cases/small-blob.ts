import { requests } from '../support/requests.ts';
import { microseconds, perSecond } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

export const smallBlob: BenchCase = {
  name: 'small-blob',
  store: 'warm',
  metrics: [
    { label: 'warm 256 KiB blob, requests', better: 'more', format: perSecond },
    { label: '  CPU for each', better: 'less', format: microseconds },
    { label: '  of it behind the proxy', better: 'less', format: microseconds },
  ],
  measure: async (subject) => {
    const load = await requests(subject.image.small.url, subject);
    return [load.perSecond, load.cpuSecondsEach, load.cpuSecondsBehindEach];
  },
};
