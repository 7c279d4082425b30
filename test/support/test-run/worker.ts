/**
 * Runs the test files that its parent names, one after another, and writes after each what came of it.
 * When no more is to come, it has to end by itself: what is still open then is a failure.
 */
import { pathToFileURL } from 'node:url';
import { type Order, writeOutcome } from './messages.ts';

/** How long sockets that are being closed may take before they count as left open. */
const CLOSING_MS = 5_000;

/** A suite of uvu, which writes its results; its failures, as text, are the first of what it gives. */
type Suite = () => Promise<[failures: string | true, ...counts: number[]]>;

declare global {
  var UVU_DEFER: number | undefined;
  var UVU_INDEX: number | undefined;
  var UVU_QUEUE: Suite[][];
}

// uvu reads this when it is loaded, and without it starts by itself: hence no static import of it.
globalThis.UVU_DEFER = 1;
const { tally } = await import('../suite.ts');
// It told uvu whether to use colours, and is none of the tests' business.
delete process.env['FORCE_COLOR'];

/** The suites that a file defines. */
async function load(path: string): Promise<Suite[]> {
  const suites: Suite[] = [];
  globalThis.UVU_INDEX = globalThis.UVU_QUEUE.push(suites) - 1;
  await import(pathToFileURL(path).href);
  return suites;
}

async function runSuites(path: string): Promise<string[]> {
  const before = { ...tally };
  const suites = await load(path);
  for (const suite of suites) {
    const [failures] = await suite();
    if (failures !== true) process.stdout.write(`\n${failures}\n`);
  }
  const defined = tally.defined - before.defined;
  if (defined === 0) return ['it defines no test'];
  const ran = tally.passed + tally.failed - before.passed - before.failed;
  return ran < defined ? [`${defined - ran} of ${defined} tests did not run`] : [];
}

async function runFile(path: string): Promise<void> {
  const before = { ...tally };
  const problems = await runSuites(path);
  const [passed, failed] = [tally.passed - before.passed, tally.failed - before.failed];
  writeOutcome({ passed, failed, problems });
}

function endWhenAllIsClosed(): void {
  const openTooLong = setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
    process.stdout.write(`still open after the last test: ${open.join(', ') || 'a timer'}\n`);
    process.exit(1);
  }, CLOSING_MS);
  openTooLong.unref();
}

let isBusy = false;
process.on('message', (order: Order) => {
  if (order === 'end') {
    process.disconnect();
    return;
  }
  isBusy = true;
  // A file that cannot be loaded ends this process, as anything does that nobody caught.
  void runFile(order.run).then(() => {
    isBusy = false;
  });
});
process.on('disconnect', () => {
  // In the middle of a file: the run has been broken off, and what was started ends with this process.
  if (isBusy) process.exit(1);
  endWhenAllIsClosed();
});
