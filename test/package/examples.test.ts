import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { projectWithPackage } from '../support/packed-package.ts';
import { run } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

testSuite('the examples', (it) => {
  it('of uvu runs', async () => {
    const example = join(await projectWithPackage(), 'examples/embedded/uvu.test.js');
    assert.match(await run(process.execPath, [example]), /Passed: +1\n/);
  });

  it('of node:test runs', async () => {
    const example = join(await projectWithPackage(), 'examples/embedded/node-test.test.js');
    const said = await run(process.execPath, ['--test', '--test-reporter=tap', example]);
    assert.match(said, /^# pass 2$/m);
    assert.match(said, /^# fail 0$/m);
  });

  it('of Vitest runs', async () => {
    const project = await projectWithPackage();
    const vitest = join(project, 'node_modules/vitest/vitest.mjs');
    const example = 'examples/embedded/vitest.test.js';
    const env = { CI: 'true', NO_COLOR: '1' };
    const said = await run(process.execPath, [vitest, 'run', '--root', project, example], { env });
    assert.match(said, /Tests +1 passed/);
  });

  it('of a plugin keeps the contract of a storage', async () => {
    const example = join(await projectWithPackage(), 'examples/plugin/flat-files.test.js');
    const said = await run(process.execPath, ['--test', '--test-reporter=tap', example]);
    const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1]);
    assert.ok(passed > 80, `${passed} tests passed`);
    assert.match(said, /^# fail 0$/m);
  });
});
