import * as assert from 'uvu/assert';
import { Slots } from '../../../src/domain/pull/slots.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

testSuite('Slots', (it) => {
  it('runs only so many at a time, in the order in which they came', async () => {
    const slots = new Slots(2);
    const gates = [1, 2, 3, 4].map(() => new Gate());
    const running: number[] = [];
    const tasks = gates.map(({ passed }, index) =>
      slots.run(async () => {
        running.push(index);
        await passed;
      }),
    );
    await settle();
    assert.equal(running, [0, 1]);
    gates[1]?.open();
    await settle();
    assert.equal(running, [0, 1, 2]);
    for (const gate of gates) gate.open();
    await Promise.all(tasks);
    assert.equal(running, [0, 1, 2, 3]);
  });

  it('frees the slot of a task that fails', async () => {
    const slots = new Slots(1);
    await rejects(
      slots.run(() => Promise.reject(new TypeError())),
      TypeError,
    );
    assert.is(await slots.run(async () => 7), 7);
    assert.is(await slots.run(async () => 8), 8);
  });
});
