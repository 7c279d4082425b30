import { costing } from '../support/cpu.ts';
import { throughput } from '../support/throughput.ts';
import { cpuSeconds, GIB, gibPerSecond } from '../support/units.ts';
import type { BenchCase, Subject } from './bench-case.ts';

export const largeBlob: BenchCase = {
  name: 'large-blob',
  store: 'warm',
  metrics: [
    { label: 'warm 256 MiB blob, 1 connection', better: 'more', format: gibPerSecond },
    { label: '  CPU for each GiB', better: 'less', format: cpuSeconds },
    { label: '  of it behind the proxy', better: 'less', format: cpuSeconds },
    { label: 'warm 256 MiB blob, 8 connections', better: 'more', format: gibPerSecond },
    { label: '  CPU for each GiB', better: 'less', format: cpuSeconds },
    { label: '  of it behind the proxy', better: 'less', format: cpuSeconds },
  ],
  measure: async (subject) => [...(await over(1, subject)), ...(await over(8, subject))],
};

async function over(
  connections: number,
  { peer, image, effort: { seconds }, signal }: Subject,
): Promise<readonly number[]> {
  const { result, ...used } = await costing(peer, () =>
    throughput(image.large.url, { connections, seconds }, signal),
  );
  const gibs = result.bytes / GIB;
  return [result.bytesPerSecond, used.cpuSeconds / gibs, used.cpuSecondsBehind / gibs];
}
