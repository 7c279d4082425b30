import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { backOffMs, DEFAULT_RETRY } from '../../src/domain/back-off.ts';
import { testSuite } from '../support/suite.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const times = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 100_000 }));

testSuite('the back-off', (it) => {
  it('doubles up to its ceiling', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => backOffMs(DEFAULT_RETRY, attempt, 0));
    assert.equal(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('lies between half of its length and the whole, and never above the ceiling', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5000 }), chance, ([baseMs, ceilingMs], n, r) => {
        const policy = { ...DEFAULT_RETRY, baseMs, ceilingMs };
        const wait = backOffMs(policy, n, r);
        const longest = Math.min(ceilingMs, baseMs * 2 ** (n - 1));
        assert.ok(wait >= longest / 2 && wait <= longest);
      }),
    );
  });

  it('never shortens from one attempt to the next, with the same luck', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 2000 }), chance, ([baseMs, ceilingMs], n, r) => {
        const policy = { ...DEFAULT_RETRY, baseMs, ceilingMs };
        assert.ok(backOffMs(policy, n + 1, r) >= backOffMs(policy, n, r));
      }),
    );
  });
});
