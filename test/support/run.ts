/**
 * Runs every `*.test.ts` below the folder given as argument, one file after another in this
 * process, and ends with the line `N passed, N failed`. A second argument is a pattern that names
 * of files have to match.
 *
 * Exit code 1 if a test failed, if a file defined no test, or if something (a server, a socket, a
 * timer) is still open when the last test is over.
 */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How long sockets that are being closed may take before they count as left open. */
const CLOSING_MS = 5_000;

declare global {
  var UVU_DEFER: number | undefined;
  var UVU_INDEX: number | undefined;
  var UVU_QUEUE: unknown[][];
}

/** Tests that need programs which npm does not install: they run when their folder is named. */
const ON_REQUEST = /^(clients|s3)\//;

async function testFiles(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const wanted = entries.filter((name) => pattern.test(name) && !ON_REQUEST.test(name));
  return wanted.filter((name) => name.endsWith('.test.ts')).sort();
}

async function load(folder: string, files: string[]): Promise<string[]> {
  const withoutTest: string[] = [];
  for (const [index, file] of files.entries()) {
    const before = tally.defined;
    globalThis.UVU_INDEX = index;
    globalThis.UVU_QUEUE.push([file]);
    await import(pathToFileURL(join(folder, file)).href);
    if (tally.defined === before) withoutTest.push(file);
  }
  return withoutTest;
}

function close(problems: string[]): never {
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  const failed = tally.failed + problems.length;
  process.stdout.write(`${tally.passed} passed, ${failed} failed\n`);
  process.exit(failed > 0 ? 1 : 0);
}

const folder = resolve(process.argv[2] ?? 'test');
const pattern = new RegExp(process.argv[3] ?? '');
// uvu reads this when it is loaded, and without it starts by itself: hence no static import of it.
globalThis.UVU_DEFER = 1;
const uvu = await import('uvu');
const { tally } = await import('./suite.ts');
const withoutTest = await load(folder, await testFiles(folder, pattern));
const problems = withoutTest.map((file) => `${file} defines no test`);
if (tally.defined === 0) problems.push(`no test found below ${folder}`);
try {
  await (uvu as unknown as { exec(bail: boolean): Promise<void> }).exec(false);
} catch (error) {
  problems.push(`a suite's set-up or clean-up failed: ${String(error)}`);
}
const didNotRun = tally.defined - tally.passed - tally.failed;
if (didNotRun > 0) problems.push(`${didNotRun} of ${tally.defined} tests did not run`);
const openTooLong = setTimeout(() => {
  const open = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  close([...problems, `still open after the last test: ${open.join(', ') || 'a timer'}`]);
}, CLOSING_MS);
openTooLong.unref();
process.on('beforeExit', () => close(problems));
