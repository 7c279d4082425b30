import * as assert from 'uvu/assert';
import { Background } from '../../../src/domain/pull/background.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

function fail(): never {
  throw new Error('not to be called');
}

testSuite('Background', (it) => {
  it('is idle when nothing was ever run', async () => {
    await new Background().idle();
  });

  it('is idle when all has ended, work that work has begun included', async () => {
    const background = new Background();
    const [first, second] = [new Gate(), new Gate()];
    const done: string[] = [];
    background.run(async () => {
      await first.passed;
      background.run(async () => {
        await second.passed;
        done.push('second');
      }, fail);
      done.push('first');
    }, fail);
    const idle = background.idle().then(() => done.push('idle'));
    first.open();
    await settle();
    second.open();
    await idle;
    assert.equal(done, ['first', 'second', 'idle']);
  });

  it('hands a failure over, and goes on', async () => {
    const background = new Background();
    const cause = new Error('no');
    const failures: unknown[] = [];
    background.run(
      () => Promise.reject(cause),
      (failure) => failures.push(failure),
    );
    await background.idle();
    assert.equal(failures, [cause]);
  });
});
