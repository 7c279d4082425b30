/**
 * Measures the mirror beside others over the same Hub double, and prints medians and ratios:
 *
 *     npm run bench -- [CASE]... [--quick] [--rounds N] [--json FILE]
 *
 * A run of everything writes `bench/RESULTS.md` as well.
 */
import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { isOurs, PEERS } from './peers/all.ts';
import { BenchFailure } from './support/bench-failure.ts';
import { Comparison } from './support/comparison.ts';
import { thisMachine, versionOf } from './support/machine.ts';
import { readOptions } from './support/options.ts';
import { printed, type Report, resultsPage, writeJson } from './support/report.ts';
import { requirePrograms } from './support/requirements.ts';

const INTERRUPTED = 130;
const RESULTS = new URL('./RESULTS.md', import.meta.url);
/** Ratios of a machine that does other things besides say little. */
const QUIET = 1;

async function versions(): Promise<Map<string, string>> {
  const found = PEERS.map(async (kind) => [kind.name, await versionOf(kind)] as const);
  return new Map(await Promise.all(found));
}

async function compare(args: readonly string[], signal: AbortSignal): Promise<void> {
  const options = readOptions(args);
  await requirePrograms(PEERS);
  const around = { signal, note: (line: string) => console.error(line) };
  const machine = thisMachine();
  if (machine.load > QUIET) console.error(`this machine is busy already: load ${machine.load}`);
  const { rows } = await new Comparison(PEERS, options, around).run();
  const sides = {
    ours: PEERS.filter((kind) => isOurs(kind)).map(({ name }) => name),
    others: PEERS.filter((kind) => !isOurs(kind)).map(({ name }) => name),
  };
  const report: Report = { machine, versions: await versions(), sides, options, rows };
  console.log(`\n${printed(report)}`);
  if (options.whole) await writeFile(RESULTS, resultsPage(report));
  if (options.json !== undefined) await writeJson(options.json, report);
}

// A signal lets what is under way fail, so that all that was started is stopped on the usual way. A
// second one changes nothing: npm passes on the one that the terminal has sent already.
const interruption = new AbortController();
// Hundreds of connections listen to it.
setMaxListeners(0, interruption.signal);
process.on('SIGINT', () => interruption.abort());
process.on('SIGTERM', () => interruption.abort());
try {
  await compare(process.argv.slice(2), interruption.signal);
} catch (error) {
  if (interruption.signal.aborted) {
    process.exitCode = INTERRUPTED;
  } else if (error instanceof BenchFailure) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
