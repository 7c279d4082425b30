import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { testSuite } from '../suite.ts';
import { type TempDirectory, tempDirectory } from '../temp-directory.ts';
import type { Report } from './messages.ts';
import { runFiles } from './run-files.ts';

const SUITE = new URL('../suite.ts', import.meta.url).href;

/** A file with a test that passes, and one with this body. */
function fileWith(body: string): string {
  return `
    import { testSuite } from '${SUITE}';
    testSuite('a suite', (it) => {
      it('passes', () => {});
      it('does this', async () => { ${body} });
    });`;
}

/** Without what was written. */
function sums(reports: readonly Report[]): unknown[] {
  return reports.map(({ name, passed, failed, problems }) => [name, passed, failed, problems]);
}

testSuite('a run of test files', (it) => {
  let directory: TempDirectory;
  it.beforeEach(async () => {
    directory = await tempDirectory();
  });
  it.afterEach(() => directory.remove());

  /** What came of each, in the order in which they ended. */
  async function run(
    sources: Record<string, string>,
    { processes = 1, silentMs = 60_000 } = {},
  ): Promise<Report[]> {
    const folder = directory.path;
    const files = Object.keys(sources);
    for (const file of files) await writeFile(join(folder, file), sources[file] ?? '');
    const reports: Report[] = [];
    await runFiles({ folder, files, processes, silentMs }, (report) => void reports.push(report));
    return reports;
  }

  it('counts what passed and what failed, and shows it with what was written', async () => {
    const reports = await run({
      'a.test.mts': fileWith(''),
      'b.test.mts': fileWith(`console.log('half-way'); throw new Error('not so');`),
      'c.test.mts': fileWith(''),
    });
    assert.equal(sums(reports), [
      ['a.test.mts', 2, 0, []],
      ['b.test.mts', 1, 1, []],
      ['c.test.mts', 2, 0, []],
      ['after the last test', 0, 0, []],
    ]);
    const [a, b, c] = reports.map(({ output }) => output);
    assert.match(a ?? '', /^ a suite .*\(2 \/ 2\)\n$/);
    assert.match(b ?? '', /half-way[^]*\(1 \/ 2\)[^]*"does this"[^]*not so/);
    assert.is(c, a);
  });

  it('runs each file once, however many processes there are', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.test.mts`);
    const sources = Object.fromEntries(names.map((name) => [name, fileWith('')]));
    const reports = await run(sources, { processes: 3 });
    const ran = reports.filter(({ passed }) => passed === 2).map(({ name }) => name);
    assert.equal(ran.sort(), names);
    assert.is(reports.length, names.length + 3);
  });

  it('fails a file that defines no test', async () => {
    const [report] = sums(await run({ 'a.test.mts': '' }));
    assert.equal(report, ['a.test.mts', 0, 0, ['it defines no test']]);
  });

  it('fails a file whose process ends, says what it said, and goes on with the next', async () => {
    const reports = await run({
      'a.test.mts': fileWith('process.exit(0);'),
      'b.test.mts': fileWith(
        `setTimeout(() => { throw new Error('nobody caught it'); }); await new Promise(() => {});`,
      ),
      'c.test.mts': `throw new Error('not even loaded');`,
      'd.test.mts': fileWith(`process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`),
      'e.test.mts': fileWith(''),
    });
    assert.equal(sums(reports), [
      ['a.test.mts', 0, 0, ['its process ended (code 0)']],
      ['b.test.mts', 0, 0, ['its process ended (code 1)']],
      ['c.test.mts', 0, 0, ['its process ended (code 1)']],
      ['d.test.mts', 0, 0, ['its process ended (SIGKILL)']],
      ['e.test.mts', 2, 0, []],
      ['after the last test', 0, 0, []],
    ]);
    assert.match(reports[1]?.output ?? '', 'nobody caught it');
    assert.match(reports[2]?.output ?? '', 'not even loaded');
  });

  it('ends a process that hangs, and fails its file', async () => {
    const reports = await run({ 'a.test.mts': fileWith('for (;;);') }, { silentMs: 3_000 });
    assert.equal(sums(reports), [['a.test.mts', 0, 0, ['its process ended (SIGTERM)']]]);
    assert.match(reports[0]?.output ?? '', 'it said nothing for 3000 ms');
  });

  it('fails when something is open after the last test', async () => {
    const server = `const { createServer } = await import('node:net'); createServer().listen(0);`;
    const reports = await run({ 'a.test.mts': fileWith(server) });
    assert.equal(sums(reports), [
      ['a.test.mts', 2, 0, []],
      ['after the last test', 0, 0, ['its process ended (code 1)']],
    ]);
    assert.match(reports[1]?.output ?? '', /still open after the last test: .*TCPServerWrap/);
  });
});
