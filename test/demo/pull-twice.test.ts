import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { compiledMirror } from '../support/compiled-mirror.ts';
import { Program } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

const DEMO = fileURLToPath(new URL('../../demo/pull-twice.ts', import.meta.url));

async function runDemo(main: string): Promise<{ code: number | null; program: Program }> {
  const program = new Program(process.execPath, ['--import', 'tsx', DEMO, main]);
  const { code } = await program.ended;
  return { code, program };
}

testSuite('the demo', (it) => {
  it('pulls from the upstream first and from storage then', async () => {
    const { code, program } = await runDemo(await compiledMirror());
    assert.is(code, 0, program.stderr);
    const { stdout } = program;
    assert.match(stdout, '\n  45.0 MiB in ');
    assert.match(stdout, ', 45.0 MiB of it from the upstream\n\nSecond pull:');
    assert.ok(stdout.endsWith(', 0 B of it from the upstream\n'), stdout);
  });

  it('says in a sentence what is wrong', async () => {
    const { code, program } = await runDemo('/nowhere/main.js');
    assert.is(code, 1);
    const { stderr } = program;
    assert.is(stderr, '\nThe demo failed: there is no build; run `npm run build` first\n');
  });
});
