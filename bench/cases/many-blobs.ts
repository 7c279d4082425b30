import { pullMany } from '../support/image.ts';
import { requests } from '../support/requests.ts';
import { microseconds, perSecond } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

/** Asked for in turn: the hardest for a mirror whose memory holds but a part of them. */
export const manyBlobs: BenchCase = {
  name: 'many-blobs',
  store: 'warm',
  metrics: [
    { label: '384 warm 256 KiB blobs in turn, requests', better: 'more', format: perSecond },
    { label: '  CPU for each', better: 'less', format: microseconds },
    { label: '  of it behind the proxy', better: 'less', format: microseconds },
  ],
  measure: async (subject) => {
    const blobs = await pullMany(subject.peer.url, subject.signal);
    const load = await requests(
      blobs.map(({ url }) => url),
      subject,
    );
    return [load.perSecond, load.cpuSecondsEach, load.cpuSecondsBehindEach];
  },
};
