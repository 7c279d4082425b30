import { throughput } from '../support/throughput.ts';
import { gibPerSecond } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

export const largeBlob: BenchCase = {
  name: 'large-blob',
  store: 'warm',
  metrics: [
    { label: 'warm 256 MiB blob, 1 connection', better: 'more', format: gibPerSecond },
    { label: '  8 connections', better: 'more', format: gibPerSecond },
  ],
  measure: async ({ image, effort: { seconds }, signal }) => {
    const { url } = image.large;
    const one = await throughput(url, { connections: 1, seconds }, signal);
    const eight = await throughput(url, { connections: 8, seconds }, signal);
    return [one, eight];
  },
};
