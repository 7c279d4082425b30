import * as assert from 'uvu/assert';
import { Turns } from '../../../src/domain/pull/turns.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

testSuite('Turns', (it) => {
  it('runs the tasks of one key one after another, and those of another beside them', async () => {
    const turns = new Turns();
    const gate = new Gate();
    const log: string[] = [];
    const first = turns.run('a', async () => {
      await gate.passed;
      log.push('first');
    });
    const second = turns.run('a', async () => log.push('second'));
    await turns.run('b', async () => log.push('other'));
    await settle();
    assert.equal(log, ['other']);
    gate.open();
    await Promise.all([first, second]);
    assert.equal(log, ['other', 'first', 'second']);
  });

  it('gives the turn on after a failure, which is told to its owner alone', async () => {
    const turns = new Turns();
    const failing = turns.run('a', () => Promise.reject(new TypeError()));
    const next = turns.run('a', async () => 7);
    await rejects(failing, TypeError);
    assert.is(await next, 7);
  });
});
