import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../../src/domain/digest.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import {
  type EvictionGuards,
  type EvictionLimits,
  type EvictionPlan,
  planEviction,
} from '../../../src/domain/upkeep/eviction-plan.ts';
import { Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { testSuite } from '../../support/suite.ts';

function digest(number: number): Digest {
  return digestOf('sha256', number.toString(16).padStart(64, '0'));
}

/** An image in short: its digest is its place in the list, its layers are numbers from 100. */
interface Image {
  readonly name: string;
  readonly lastPullMs: number;
  readonly layers: readonly number[];
}

/** The size of each stored blob, by number. */
type Blobs = readonly (readonly [number: number, size: number])[];

function inventoryOf(images: readonly Image[], blobs: Blobs): Inventory {
  const inventory = new Inventory();
  for (const [number, size] of blobs) inventory.addBlob(digest(number), size);
  for (const [index, { name, lastPullMs, layers }] of images.entries()) {
    inventory.addImage({
      repository: parseRepositoryName(name),
      digest: digest(index),
      tags: [parseTag('latest')],
      lastPullMs,
      members: layers.map(digest),
    });
  }
  return inventory;
}

const NO_LIMITS: EvictionLimits = {
  maxBytes: Number.POSITIVE_INFINITY,
  lowWaterBytes: Number.POSITIVE_INFINITY,
  reservedBytes: 0,
  ttlMs: 0,
  nowMs: 1000,
};

function guards(kept: readonly string[] = [], busy: readonly number[] = []): EvictionGuards {
  const digests = new Set(busy.map(digest));
  return {
    isKept: (repository) => kept.includes(repository),
    isBusy: (blob) => digests.has(blob),
  };
}

function verdicts(plan: EvictionPlan): string[] {
  return plan.images.map(({ image, verdict }) => `${image.repository} ${verdict}`);
}

testSuite('an eviction plan', (it) => {
  // Three images of 10 + 90 bytes, and 100 that the last two share.
  const images: Image[] = [
    { name: 'new', lastPullMs: 900, layers: [100, 103] },
    { name: 'old', lastPullMs: 100, layers: [101, 103] },
    { name: 'mid', lastPullMs: 500, layers: [102] },
  ];
  const own: Blobs = [0, 1, 2].flatMap((each) => [[each, 10] as const, [each + 100, 90] as const]);
  const blobs: Blobs = [...own, [103, 100]];

  function plan(limits: Partial<EvictionLimits>, guard = guards(), extra: Blobs = []) {
    const inventory = inventoryOf(images, [...blobs, ...extra]);
    return planEviction(inventory, { ...NO_LIMITS, ...limits }, guard);
  }

  it('removes nothing within the budget, not even what no image needs', () => {
    const planned = plan({ maxBytes: 450, lowWaterBytes: 10 }, guards(), [[104, 50]]);
    assert.equal(verdicts(planned), ['old stays', 'mid stays', 'new stays']);
    assert.equal(planned.delete, []);
    assert.is(planned.freedBytes, 0);
    assert.is(planned.remainingBytes, 450);
    assert.ok(planned.reached);
  });

  it('removes the least recently pulled, but not the layer that another needs', () => {
    const planned = plan({ maxBytes: 399, lowWaterBytes: 300 });
    assert.equal(verdicts(planned), ['old over budget', 'mid stays', 'new stays']);
    assert.equal(planned.delete, [digest(1), digest(101)]);
    assert.is(planned.freedBytes, 100);
    assert.is(planned.remainingBytes, 300);
    assert.ok(planned.reached);
  });

  it('goes on down to the low water', () => {
    const planned = plan({ maxBytes: 399, lowWaterBytes: 299 });
    assert.equal(verdicts(planned), ['old over budget', 'mid over budget', 'new stays']);
    assert.is(planned.remainingBytes, 200);
  });

  it('takes a low water above the budget for the budget', () => {
    assert.is(plan({ maxBytes: 399, lowWaterBytes: 1000 }).remainingBytes, 300);
  });

  it('makes room for running downloads', () => {
    const planned = plan({ maxBytes: 500, lowWaterBytes: 450, reservedBytes: 101 });
    assert.equal(verdicts(planned), ['old over budget', 'mid stays', 'new stays']);
    assert.ok(planned.reached);
  });

  it('removes a shared layer with the last image that needs it', () => {
    const planned = plan({ maxBytes: 100, lowWaterBytes: 100 }, guards(['mid']));
    assert.equal(verdicts(planned), ['old over budget', 'mid kept', 'new over budget']);
    assert.equal(planned.delete, [1, 101, 0, 100, 103].map(digest));
    assert.is(planned.remainingBytes, 100);
  });

  it('removes what no image needs first', () => {
    const planned = plan({ maxBytes: 400, lowWaterBytes: 400 }, guards(), [
      [106, 1],
      [104, 2],
      [105, 4],
    ]);
    assert.equal(verdicts(planned), ['old stays', 'mid stays', 'new stays']);
    assert.equal(planned.delete, [104, 105, 106].map(digest));
    assert.is(planned.freedBytes, 7);
  });

  it('leaves what no image needs yet while it is busy', () => {
    const planned = plan({ maxBytes: 0, lowWaterBytes: 0 }, guards([], [104]), [[104, 5]]);
    assert.is(planned.remainingBytes, 5);
    assert.not(planned.reached);
  });

  it('leaves an image of which any part is busy, stored or not', () => {
    for (const busy of [0, 100]) {
      const planned = plan({ maxBytes: 0, lowWaterBytes: 0 }, guards([], [busy]));
      assert.equal(verdicts(planned), ['old over budget', 'mid over budget', 'new busy']);
      assert.is(planned.remainingBytes, 200);
      assert.not(planned.reached);
    }
    const arriving: Image[] = [{ name: 'a', lastPullMs: 0, layers: [7] }];
    const limits = { ...NO_LIMITS, maxBytes: 0 };
    const planned = planEviction(inventoryOf(arriving, [[0, 10]]), limits, guards([], [7]));
    assert.equal(verdicts(planned), ['a busy']);
  });

  it('removes what has expired, whatever the budget, unless it is kept or busy', () => {
    const of = (ttlMs: number, guard = guards()): string[] => verdicts(plan({ ttlMs }, guard));
    assert.equal(of(501), ['old expired', 'mid stays', 'new stays']);
    assert.equal(of(500), ['old expired', 'mid expired', 'new stays']);
    assert.equal(of(500, guards(['old'], [102])), ['old kept', 'mid busy', 'new stays']);
    assert.equal(of(0), ['old stays', 'mid stays', 'new stays']);
  });

  it('removes no more for the budget if the expired were enough', () => {
    const planned = plan({ maxBytes: 300, lowWaterBytes: 100, ttlMs: 600 });
    assert.equal(verdicts(planned), ['old expired', 'mid stays', 'new stays']);
    assert.ok(planned.reached);
  });

  it('keeps an image that was pulled in the future, by a clock that was set back', () => {
    assert.equal(verdicts(plan({ ttlMs: 50, nowMs: 120 })), [
      'old stays',
      'mid stays',
      'new stays',
    ]);
  });

  it('orders what was pulled at the same time by name, then by digest', () => {
    const same = ['b', 'c', 'a', 'b'].map((name) => ({ name, lastPullMs: 5, layers: [] }));
    const { images: planned } = planEviction(inventoryOf(same, []), NO_LIMITS, guards());
    assert.equal(
      planned.map(({ image }) => image.digest),
      [2, 0, 3, 1].map(digest),
    );
  });

  it('frees nothing with what is not stored', () => {
    const missing: Image[] = [{ name: 'a', lastPullMs: 0, layers: [7, 8] }];
    const limits = { ...NO_LIMITS, ttlMs: 1 };
    const planned = planEviction(inventoryOf(missing, [[7, 10]]), limits, guards());
    assert.equal(planned.delete, [digest(7)]);
    assert.is(planned.freedBytes, 10);
  });
});

/** Few names, few layers, few times: so that images share, tie and expire. */
const anImage: fc.Arbitrary<Image> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd/e'),
  lastPullMs: fc.nat(20),
  layers: fc.array(fc.integer({ min: 90, max: 120 }), { maxLength: 6 }),
});
const theBlobs = fc.uniqueArray(fc.tuple(fc.nat(130), fc.nat(100)), {
  selector: ([number]) => number,
  maxLength: 100,
});
const theLimits: fc.Arbitrary<EvictionLimits> = fc.record({
  maxBytes: fc.nat(4000),
  lowWaterBytes: fc.nat(4000),
  reservedBytes: fc.nat(500),
  ttlMs: fc.nat(20),
  nowMs: fc.nat(25),
});
const aCase = fc.record({
  images: fc.array(anImage, { maxLength: 30 }),
  blobs: theBlobs,
  limits: theLimits,
  kept: fc.subarray(['a', 'b', 'c', 'd/e'], { maxLength: 2 }),
  busy: fc.uniqueArray(fc.nat(130), { maxLength: 4 }),
});
type Case = typeof aCase extends fc.Arbitrary<infer T> ? T : never;

function planOf({ images, blobs, limits, kept, busy }: Case): EvictionPlan {
  return planEviction(inventoryOf(images, blobs), limits, guards(kept, busy));
}

/** What an image needs, told from the case and not from the inventory. */
function neededBy({ images }: Case, image: Digest): Digest[] {
  const index = images.findIndex((_, each) => digest(each) === image);
  return [image, ...(images[index]?.layers ?? []).map(digest)];
}

function isGuarded(given: Case, image: EvictionPlan['images'][number]['image']): boolean {
  const busy = given.busy.map(digest);
  const isBusy = neededBy(given, image.digest).some((member) => busy.includes(member));
  return isBusy || given.kept.includes(image.repository);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function sizesOf({ blobs }: Case, digests: readonly Digest[]): number[] {
  const sizes = new Map(blobs.map(([number, size]) => [digest(number), size]));
  return digests.map((each) => sizes.get(each) ?? Number.NaN);
}

function goes({ verdict }: EvictionPlan['images'][number]): boolean {
  return verdict === 'expired' || verdict === 'over budget';
}

testSuite('any eviction plan', (it) => {
  function holds(name: string, check: (given: Case, plan: EvictionPlan) => void): void {
    it(name, () => {
      const property = fc.property(aCase, (given) => check(given, planOf(given)));
      fc.assert(property, { numRuns: 500 });
    });
  }

  holds('stays within the budget, unless all that is left is kept or busy', (given, plan) => {
    const { maxBytes, reservedBytes } = given.limits;
    if (plan.remainingBytes <= maxBytes - reservedBytes) return;
    assert.not(plan.reached);
    const left = plan.images.filter((each) => !goes(each)).map(({ image }) => image);
    assert.ok(left.every((image) => isGuarded(given, image)));
    const mayStay = new Set([
      ...left.flatMap((image) => neededBy(given, image.digest)),
      ...given.busy.map(digest),
    ]);
    const stored = given.blobs.map(([number]) => digest(number));
    const remaining = stored.filter((blob) => !plan.delete.includes(blob));
    assert.ok(remaining.every((blob) => mayStay.has(blob)));
  });

  holds('deletes nothing that an image needs which stays', (given, plan) => {
    const staying = plan.images.filter((each) => !goes(each));
    const needed = new Set(staying.flatMap(({ image }) => neededBy(given, image.digest)));
    assert.not(plan.delete.some((blob) => needed.has(blob)));
  });

  holds('deletes all that only images need which go', (given, plan) => {
    const staying = plan.images.filter((each) => !goes(each));
    const needed = new Set(staying.flatMap(({ image }) => neededBy(given, image.digest)));
    const going = plan.images.filter(goes).flatMap(({ image }) => neededBy(given, image.digest));
    const stored = new Set(given.blobs.map(([number]) => digest(number)));
    const wanted = going.filter((blob) => stored.has(blob) && !needed.has(blob));
    assert.ok(wanted.every((blob) => plan.delete.includes(blob)));
  });

  holds('removes nothing that is kept or busy', (given, plan) => {
    for (const each of plan.images) assert.not(goes(each) && isGuarded(given, each.image));
    const busy = given.busy.map(digest);
    assert.not(plan.delete.some((blob) => busy.includes(blob)));
  });

  holds('removes what has expired, unless it is kept or busy', (given, plan) => {
    const { ttlMs, nowMs } = given.limits;
    for (const { image, verdict } of plan.images) {
      const isOld = ttlMs > 0 && nowMs - image.lastPullMs >= ttlMs;
      assert.is(verdict === 'expired', isOld && !isGuarded(given, image));
    }
  });

  holds('removes no image for the budget before one that was pulled earlier', (_, plan) => {
    const choice = plan.images.map(({ verdict }) => verdict);
    const last = choice.lastIndexOf('over budget');
    assert.not(choice.slice(0, Math.max(0, last)).includes('stays'));
    const times = plan.images.map(({ image }) => image.lastPullMs);
    assert.equal(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  holds('frees as many bytes as it deletes, each blob once', (given, plan) => {
    assert.is(plan.freedBytes, sum(sizesOf(given, plan.delete)));
    assert.is(plan.freedBytes + plan.remainingBytes, sum(given.blobs.map(([, size]) => size)));
    assert.is(new Set(plan.delete).size, plan.delete.length);
  });

  it('removes no other image and no other blob with a larger budget', () => {
    fc.assert(
      fc.property(aCase, fc.nat(2000), fc.nat(2000), (given, more, moreLow) => {
        const { limits } = given;
        const maxBytes = limits.maxBytes + more;
        const lowWaterBytes = limits.lowWaterBytes + moreLow;
        const large = planOf({ ...given, limits: { ...limits, maxBytes, lowWaterBytes } });
        const small = planOf(given);
        assert.ok(large.images.every((each, at) => !goes(each) || goes(small.images[at] ?? each)));
        assert.ok(large.delete.every((blob) => small.delete.includes(blob)));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same in whatever order the inventory was filled with blobs', () => {
    const shuffled = aCase.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray(given.blobs, { minLength: given.blobs.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([given, blobs]) => {
        assert.equal(planOf({ ...given, blobs }), planOf(given));
      }),
    );
  });
});
