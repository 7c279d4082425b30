import { writeFile } from 'node:fs/promises';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import { medianOf, type Row } from './samples.ts';
import { table } from './table.ts';

export interface Report {
  readonly machine: Machine;
  /** By the name of the peer, in the order of the columns. */
  readonly versions: ReadonlyMap<string, string>;
  readonly options: Options;
  readonly rows: readonly Row[];
}

export function printed({ machine, versions, options, rows }: Report): string {
  const { cores, cpu, memoryGiB, system, node } = machine;
  const { rounds, effort } = options;
  const peers = [...versions].map(([name, version]) => `${name} ${version}`).join(', ');
  return `${peers}
${cores} x ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}
medians; rounds: ${rounds}, seconds for each value: ${effort.seconds}, clients at once: ${effort.herd}

${table(rows, [...versions.keys()])}`;
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
