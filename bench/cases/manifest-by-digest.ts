import { perSecond } from '../support/units.ts';
import { wrk } from '../support/wrk.ts';
import type { BenchCase } from './bench-case.ts';

export const manifestByDigest: BenchCase = {
  name: 'manifest-by-digest',
  store: 'warm',
  metrics: [{ label: 'warm manifest by digest, requests', better: 'more', format: perSecond }],
  measure: async ({ image, effort, signal }) => {
    const load = await wrk(image.byDigest, effort.seconds, signal);
    return [load.perSecond];
  },
};
