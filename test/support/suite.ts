import { suite } from 'uvu';

/** uvu's own `assert.throws` is synchronous only. */
export { rejects } from '../../src/testing/rejects.ts';

/** How many tests were defined, passed and failed in this process; `run.ts` prints it at the end. */
export const tally: { defined: number; passed: number; failed: number } = {
  defined: 0,
  passed: 0,
  failed: 0,
};

/** A test that neither ends nor fails within this time has hung, and is failed. */
const HUNG_AFTER_MS = 120_000;

type Body = () => void | Promise<void>;

/** Defines one test; `after` registers a clean-up that runs once after the suite's last test. */
export interface DefineTest {
  (name: string, body: Body): void;
  after(cleanUp: Body): void;
  beforeEach(prepare: Body): void;
  afterEach(cleanUp: Body): void;
}

async function settle(name: string, body: Body): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(`"${name}" did not end in ${HUNG_AFTER_MS} ms`));
    timer = setTimeout(fail, HUNG_AFTER_MS);
  });
  try {
    await Promise.race([body(), hung]);
  } finally {
    clearTimeout(timer);
  }
}

/** Prepares, runs the body, cleans up in any case; the first failure is the one that counts. */
async function framed(body: Body, before: Body[], after: Body[]): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (steps: Body[]): Promise<void> => {
    try {
      for (const step of steps) await step();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt([...before, body]);
  for (const cleanUp of after) await attempt([cleanUp]);
  if (failures.length > 0) throw failures[0];
}

async function counted(name: string, body: Body): Promise<void> {
  try {
    await settle(name, body);
    tally.passed++;
  } catch (error) {
    tally.failed++;
    throw error;
  }
}

/** A suite's clean-up that fails is one more failure: uvu itself would end the whole run. */
async function cleanedUp(name: string, cleanUp: Body): Promise<void> {
  try {
    await settle(`clean-up of ${name}`, cleanUp);
  } catch (error) {
    tally.failed++;
    process.stdout.write(`\nThe clean-up of "${name}" failed: ${String(error)}\n`);
  }
}

/**
 * A uvu suite that runs itself: a file that forgets uvu's `.run()` counts as green with no test in
 * it. Suites have no `only` and no `skip`, so that neither can be left behind. What runs around
 * each test is part of the test: uvu's own hooks, when they fail, end their suite without a word.
 */
export function testSuite(name: string, define: (it: DefineTest) => void): void {
  const tests = suite(name);
  const before: Body[] = [];
  const after: Body[] = [];
  const it = ((title: string, body: Body) => {
    tally.defined++;
    tests(title, () => counted(title, () => framed(body, before, after)));
  }) as DefineTest;
  it.after = (cleanUp) => tests.after(() => cleanedUp(name, cleanUp));
  it.beforeEach = (prepare) => void before.push(prepare);
  it.afterEach = (cleanUp) => void after.push(cleanUp);
  define(it);
  tests.run();
}
