import * as assert from 'uvu/assert';
import { type Budget, limitsOf, type Standing } from '../../../src/domain/upkeep/budget.ts';
import { parseByteSize } from '../../../src/domain/upkeep/byte-size.ts';
import type { Limits } from '../../../src/domain/upkeep/limits.ts';
import { testSuite } from '../../support/suite.ts';

const GIB = 1024 ** 3;

function limits(
  [maxSize, lowWater]: [maxSize: string, lowWater: string],
  standing: Partial<Standing> = {},
  ttlMs = 0,
): Limits {
  const budget: Budget = {
    maxSize: parseByteSize(maxSize),
    lowWater: parseByteSize(lowWater),
    ttlMs,
  };
  const underWay = { bytes: 0, stagedBytes: 0 };
  return limitsOf(budget, { storedBytes: 0, underWay, capacity: undefined, nowMs: 7, ...standing });
}

function bounds({ maxBytes, lowWaterBytes }: Limits): number[] {
  return [maxBytes, lowWaterBytes];
}

testSuite('a budget', (it) => {
  const empty = { totalBytes: 1000 * GIB, freeBytes: 1000 * GIB };

  it('in bytes is that, and its low water a share of it, or bytes', () => {
    assert.equal(bounds(limits(['1000', '90%'])), [1000, 900]);
    assert.equal(bounds(limits(['1000', '400'])), [1000, 400]);
  });

  it('as a share is one of the medium', () => {
    const standing = { capacity: empty };
    assert.equal(bounds(limits(['80%', '50%'], standing)), [800 * GIB, 400 * GIB]);
    assert.equal(bounds(limits(['80%', '200GiB'], standing)), [800 * GIB, 200 * GIB]);
    assert.equal(bounds(limits(['80%', '900GiB'], standing)), [800 * GIB, 800 * GIB]);
  });

  it('as a share of what has no bounds is none', () => {
    const none = Number.POSITIVE_INFINITY;
    assert.equal(bounds(limits(['90%', '90%'])), [none, none]);
    assert.is(limits(['90%', '10GiB']).maxBytes, none);
    assert.equal(bounds(limits(['1000', '90%'])), [1000, 900]);
  });

  it('is no more than the medium has room for', () => {
    const capacity = { totalBytes: 1000 * GIB, freeBytes: 50 * GIB };
    const standing = { storedBytes: 101 * GIB, capacity };
    assert.equal(bounds(limits(['90%', '90%'], standing)), [150 * GIB, 135 * GIB]);
    assert.equal(bounds(limits(['400GiB', '200GiB'], standing)), [150 * GIB, 75 * GIB]);
    assert.equal(bounds(limits(['50GiB', '90%'], standing)), [50 * GIB, 45 * GIB]);
  });

  it('keeps a hundredth of a small medium free, and makes way when it is full', () => {
    const capacity = { totalBytes: 1000, freeBytes: 0 };
    assert.equal(bounds(limits(['90%', '50%'], { storedBytes: 600, capacity })), [590, 295]);
    assert.equal(bounds(limits(['90%', '50%'], { storedBytes: 20, capacity })), [18, 9]);
    assert.equal(bounds(limits(['90%', '50%'], { storedBytes: 0, capacity })), [0, 0]);
  });

  it('reserves all that downloads will take, of which a part is taken from the medium already', () => {
    const capacity = { totalBytes: 1000, freeBytes: 110 };
    const underWay = { bytes: 200, stagedBytes: 100 };
    const { maxBytes, reservedBytes } = limits(['100%', '90%'], {
      storedBytes: 500,
      underWay,
      capacity,
    });
    assert.is(reservedBytes, 200);
    assert.is(maxBytes, 700); // and the other 100 fit into the 110 but for what stays free
  });

  it('spares what no image needs for an hour, and for a moment if something has to go', () => {
    const [within, over] = [{ storedBytes: 900 }, { storedBytes: 1100 }];
    assert.is(limits(['1000', '90%'], within).orphanGraceMs, 3_600_000);
    assert.is(limits(['1000', '90%'], over).orphanGraceMs, 5_000);
    const underWay = { bytes: 200, stagedBytes: 0 };
    assert.is(limits(['1000', '90%'], { ...within, underWay }).orphanGraceMs, 5_000);
  });

  it('passes on the age, and the time', () => {
    const { ttlMs, nowMs } = limits(['1000', '90%'], {}, 5);
    assert.equal([ttlMs, nowMs], [5, 7]);
  });
});
