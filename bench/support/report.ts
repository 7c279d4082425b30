import { writeFile } from 'node:fs/promises';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import { medianOf, type Row } from './samples.ts';
import { mediansTable, ratiosTable, type Sides } from './table.ts';

export interface Report {
  readonly machine: Machine;
  /** By the name of the peer. */
  readonly versions: ReadonlyMap<string, string>;
  readonly sides: Sides;
  readonly options: Options;
  readonly rows: readonly Row[];
}

export function printed({ machine, versions, sides, options, rows }: Report): string {
  const { cores, cpu, memoryGiB, system, node, load } = machine;
  const { rounds, effort } = options;
  const peers = [...versions].map(([name, version]) => `${name} ${version}`).join(', ');
  return `- ${peers}
- ${cores} x ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}; load before: ${load.toFixed(2)}
- medians of up to ${rounds} rounds, ${effort.seconds} s for each value
- clients: ${effort.herd} in the herd, ${effort.crowd} in the crowd, ${effort.shared} of processes over one directory, ${effort.slowClients} slow ones
- images in the large store: ${effort.images}; several processes have a Hub of ${effort.slowHub / 1e6} MB/s

${mediansTable(rows, sides)}

How many times better Kagami is; below 1, it is worse:

${ratiosTable(rows, sides)}`;
}

/** The results that are kept beside the benchmark. */
export function resultsPage(report: Report): string {
  return `# Results

<!-- Written by a whole run; the next one replaces it. -->

    npm run bench

What is measured, how, and what the numbers do not mean, is in [README.md](README.md).

${printed(report)}
`;
}

/** Every single value, for those who compute something else from them. */
export async function writeJson(
  path: string,
  { machine, versions, options, rows }: Report,
): Promise<void> {
  const { rounds, effort } = options;
  const results = rows.map((row) => ({
    case: row.case,
    metric: row.metric.label.trim(),
    better: row.metric.better,
    peers: Object.fromEntries(
      [...row.samples].map(([peer, samples]) => [peer, { median: medianOf(row, peer), samples }]),
    ),
  }));
  const about = { machine, versions: Object.fromEntries(versions), rounds, ...effort };
  await writeFile(path, `${JSON.stringify({ ...about, results }, undefined, 2)}\n`);
}
