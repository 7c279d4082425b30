import { perSecond } from '../support/units.ts';
import { wrk } from '../support/wrk.ts';
import type { BenchCase } from './bench-case.ts';

export const smallBlob: BenchCase = {
  name: 'small-blob',
  store: 'warm',
  metrics: [{ label: 'warm 256 KiB blob, requests', better: 'more', format: perSecond }],
  measure: async ({ image, effort, signal }) => {
    const load = await wrk(image.small.url, effort.seconds, signal);
    return [load.perSecond];
  },
};
