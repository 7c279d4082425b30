/**
 * Runs every `*.test.ts` below the folder given as argument, and ends with the line
 * `N passed, N failed`. A second argument is a pattern that names of files have to match.
 *
 * The files are shared out among some processes (`--processes N`; one for each processor unless told),
 * each of which runs its files one after another. Exit code 1 if a test failed, if a file defined no
 * test, if a process ended too early, or if something (a server, a socket, a timer) was still open in it
 * after its last test.
 */
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from './test-run/messages.ts';
import { runFiles } from './test-run/run-files.ts';

/** How many of the files that took longest are named at the end. */
const SLOWEST = 10;
const SLOW_MS = 1_000;

/** Tests that need programs which npm does not install: they run when their folder is named. */
const ON_REQUEST = /^(clients|s3)\//;

async function testFiles(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const wanted = entries.filter((name) => pattern.test(name) && !ON_REQUEST.test(name));
  return wanted.filter((name) => name.endsWith('.test.ts')).sort();
}

function inWords({ name, output, problems }: Report): string {
  if (output === '' && problems.length === 0) return '';
  const lines = problems.map((problem) => `${name}: ${problem}\n`);
  return `${name}\n${output}${lines.join('')}\n`;
}

/** Names the files that took longest, if they took long. */
function slowest(reports: readonly Report[]): string {
  const slow = reports.filter(({ ms }) => ms >= SLOW_MS).sort((a, b) => b.ms - a.ms);
  const lines = slow.slice(0, SLOWEST).map(({ name, ms }) => {
    return `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}\n`;
  });
  return lines.length === 0 ? '' : `Slowest:\n${lines.join('')}\n`;
}

function sum(reports: readonly Report[], count: (report: Report) => number): number {
  return reports.reduce((total, report) => total + count(report), 0);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { processes: { type: 'string', default: String(availableParallelism()) } },
});
const [from = 'test', pattern = ''] = positionals;
const folder = resolve(from);
const files = await testFiles(folder, new RegExp(pattern));
const reports: Report[] = [];
await runFiles({ folder, files, processes: Number(values.processes) }, (report) => {
  reports.push(report);
  process.stdout.write(inWords(report));
});
process.stdout.write(slowest(reports));
const problems = files.length === 0 ? [`no test found below ${folder}`] : [];
for (const problem of problems) process.stdout.write(`${problem}\n`);
const passed = sum(reports, (report) => report.passed);
const failed = sum(reports, (report) => report.failed + report.problems.length) + problems.length;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
