import * as assert from 'uvu/assert';
import { ManualClock } from './manual-clock.ts';
import { testSuite } from './suite.ts';

testSuite('ManualClock', (it) => {
  it('runs timers in the order in which they are due, each at its instant', () => {
    const clock = new ManualClock(1000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late at ${clock.now()}`));
    clock.after(10, () => {
      seen.push(`early at ${clock.now()}`);
      clock.after(5, () => seen.push(`nested at ${clock.now()}`));
    });
    clock.advance(30);
    assert.equal(seen, ['early at 1010', 'nested at 1015', 'late at 1020']);
    assert.is(clock.now(), 1030);
  });

  it('leaves alone what is not due or was cancelled', () => {
    const clock = new ManualClock();
    let ran = 0;
    const cancel = clock.after(10, () => ran++);
    clock.after(11, () => ran++);
    cancel();
    clock.advance(10);
    assert.is(ran, 0);
    assert.is(clock.pending, 1);
  });
});
