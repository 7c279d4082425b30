import * as assert from 'uvu/assert';
import { Attempts } from '../../../src/adapters/auth/attempts.ts';
import { TooManyAttempts } from '../../../src/domain/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testSuite } from '../../support/suite.ts';

/** How many attempts an address has until it is told to wait, at most 100. */
function left(attempts: Attempts, address: string | undefined): number {
  for (let count = 0; count < 100; count++) {
    try {
      attempts.take(address);
    } catch (error) {
      if (error instanceof TooManyAttempts) return count;
      throw error;
    }
  }
  return 100;
}

function secondsToWait(attempts: Attempts, address: string): number {
  try {
    attempts.take(address);
    return 0;
  } catch (error) {
    return (error as TooManyAttempts).retryAfterSeconds;
  }
}

testSuite('failed logins', (it) => {
  it('are ten in a row, and then one in six seconds', () => {
    const clock = new ManualClock();
    const attempts = new Attempts(clock);
    assert.is(left(attempts, '192.0.2.1'), 10);
    assert.is(secondsToWait(attempts, '192.0.2.1'), 6);
    clock.advance(4_500);
    assert.is(secondsToWait(attempts, '192.0.2.1'), 1.5);
    clock.advance(1_500);
    assert.is(left(attempts, '192.0.2.1'), 1);
    clock.advance(3_600_000);
    assert.is(left(attempts, '192.0.2.1'), 10);
  });

  it('are counted for each address', () => {
    const attempts = new Attempts(new ManualClock());
    assert.is(left(attempts, '192.0.2.1'), 10);
    assert.is(left(attempts, '192.0.2.2'), 10);
    assert.is(left(attempts, undefined), 10);
    assert.is(left(attempts, undefined), 0);
  });

  it('are counted for an IPv4 address however it is written', () => {
    const attempts = new Attempts(new ManualClock());
    assert.is(left(attempts, '192.0.2.1'), 10);
    assert.is(left(attempts, '::ffff:192.0.2.1'), 0);
    assert.is(left(attempts, '::ffff:192.0.2.2'), 10);
  });

  it('are counted for a whole network of IPv6, which one person has', () => {
    const attempts = new Attempts(new ManualClock());
    assert.is(left(attempts, '2001:db8:0:1::1'), 10);
    assert.is(left(attempts, '2001:db8::1:2:3:4:5'), 0);
    assert.is(left(attempts, '2001:db8:0:2::1'), 10);
    assert.is(left(attempts, '::1'), 10);
  });

  it('do not count when they succeed', () => {
    const attempts = new Attempts(new ManualClock());
    for (let count = 0; count < 30; count++) {
      attempts.take('192.0.2.1');
      attempts.giveBack('192.0.2.1');
    }
    assert.is(left(attempts, '192.0.2.1'), 10);
  });

  it('are not forgiven, nor punished, by a clock that is set back', () => {
    const clock = new ManualClock();
    const attempts = new Attempts(clock);
    assert.is(left(attempts, '192.0.2.1'), 10);
    clock.advance(-3_600_000);
    assert.is(left(attempts, '192.0.2.1'), 0);
    clock.advance(6_000);
    assert.is(left(attempts, '192.0.2.1'), 1);
  });
});
