import * as assert from 'uvu/assert';
import { parseDayDuration } from '../../src/app/day-duration.ts';
import { testSuite } from '../support/suite.ts';

const HOUR_MS = 3_600_000;

testSuite('a duration with days', (it) => {
  it('is read', () => {
    assert.is(parseDayDuration('30d'), 720 * HOUR_MS);
    assert.is(parseDayDuration('1.5d'), 36 * HOUR_MS);
    assert.is(parseDayDuration('1d12h'), 36 * HOUR_MS);
    assert.is(parseDayDuration('90m'), 1.5 * HOUR_MS);
    assert.is(parseDayDuration('0s'), 0);
  });

  it('needs a unit, and is not less than 0', () => {
    for (const wrong of [
      '',
      '30',
      '0',
      '-30d',
      '-1h',
      '+1h',
      '1d-1h',
      '1d5',
      'd',
      '3 d',
      'soon',
      '1w',
    ]) {
      assert.is(parseDayDuration(wrong), undefined, wrong);
    }
  });
});
