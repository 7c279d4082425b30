import * as assert from 'uvu/assert';
import { Signal } from '../../../src/domain/pull/signal.ts';
import { settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

testSuite('Signal', (it) => {
  it('wakes all who wait, once for each time that they ask', async () => {
    const signal = new Signal();
    let woken = 0;
    for (let waiting = 0; waiting < 3; waiting++) void signal.next().then(() => woken++);
    await settle();
    assert.is(woken, 0);
    signal.fire();
    await settle();
    assert.is(woken, 3);
    signal.fire();
    await settle();
    assert.is(woken, 3);
  });

  it('does not wake who begins to wait while it fires', async () => {
    const signal = new Signal();
    let woken = 0;
    const wait = (): void => void signal.next().then(() => (woken++, wait()));
    wait();
    signal.fire();
    await settle();
    assert.is(woken, 1);
  });
});
