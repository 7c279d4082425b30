import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { EvictionPlan } from '../../../src/domain/upkeep/eviction-plan.ts';
import { inventoryOf, membersOf, nameOf, Outcome, planOf } from '../../support/eviction-outcome.ts';
import { KEEP, NAMED, SCENES, type Scene } from '../../support/eviction-scenes.ts';
import { testSuite } from '../../support/suite.ts';

const RUNS = { numRuns: 1000 };

function always(check: (scene: Scene) => void): () => void {
  return () => fc.assert(fc.property(SCENES, check), RUNS);
}

testSuite('a plan, whatever is held and asked for,', (it) => {
  it('ends within the limits, or leaves only what has to stay', always(endsWithinLimits));
  it('removes no more for the budget than it takes', always(removesNoMore));
  it('deletes no blob that an image which stays needs', always(sparesNeeded));
  it('deletes each blob that only images which go need', always(leavesNoOrphan));
  it('spares what is kept, what is busy and what nobody named', always(sparesExempted));
  it('removes each image that is too old, unless it is spared', always(removesExpired));
  it('removes the orphans that are not busy when their grace is over', always(removesOrphans));
  it('goes by the last pull', always(goesByLastPull));
  it('counts each byte once', always(countsOnce));
  it('is what comes of it when it is carried out image by image', always(isCarriedOut));
  it('is the same in whatever order, and how often, the facts came in', () => {
    fc.assert(fc.property(TOLD_TWICE, isTheSame), RUNS);
  });
  it('removes nothing else when more room is allowed', () => {
    fc.assert(fc.property(SCENES, MORE, removesLess), RUNS);
  });
});

function endsWithinLimits(of: Scene): void {
  const { plan } = new Outcome(of);
  const { maxBytes, lowWaterBytes, reservedBytes } = of.limits;
  const load = plan.bytesAfter + reservedBytes;
  const isOver = plan.verdicts.some(({ why }) => why === 'over budget');
  if (plan.isTargetReached) {
    assert.ok(load <= (isOver ? lowWaterBytes : maxBytes));
  } else {
    assert.ok(load > lowWaterBytes);
    assert.not(plan.verdicts.some(({ why }) => why === 'recent enough'));
  }
}

function removesNoMore(of: Scene): void {
  const { plan } = new Outcome(of);
  const { maxBytes, lowWaterBytes, reservedBytes } = of.limits;
  let load = plan.bytesBefore + reservedBytes - plan.orphans.bytes;
  for (const { why, removal } of plan.verdicts) {
    if (why === 'expired') load -= removal?.bytes ?? 0;
  }
  if (load <= maxBytes) assert.not(plan.verdicts.some(({ why }) => why === 'over budget'));
  for (const { why, removal } of plan.verdicts) {
    if (why !== 'over budget') continue;
    assert.ok(load > lowWaterBytes);
    load -= removal?.bytes ?? 0;
  }
}

function sparesNeeded(of: Scene): void {
  const outcome = new Outcome(of);
  for (const digest of outcome.deleted) assert.not(outcome.isNeeded(digest));
}

function leavesNoOrphan(of: Scene): void {
  const outcome = new Outcome(of);
  for (const { digest } of of.blobs) {
    if (!outcome.isNeeded(digest, outcome.leaving) || outcome.isNeeded(digest)) continue;
    assert.ok(outcome.deleted.includes(digest));
  }
}

function sparesExempted(of: Scene): void {
  const outcome = new Outcome(of);
  for (const { tags } of outcome.leaving) {
    assert.not(tags.includes(KEEP));
    assert.ok(!of.onlyNamed || tags.includes(NAMED));
  }
  for (const digest of of.busy) assert.not(outcome.deleted.includes(digest));
  for (const { image, why } of outcome.plan.verdicts) {
    const { tags } = image;
    if (why === 'kept by pattern') assert.ok(tags.includes(KEEP));
    if (why === 'not named') assert.ok(of.onlyNamed && !tags.includes(NAMED));
    if (why !== 'busy') continue;
    const facts = outcome.facts(image);
    const others = outcome.staying.filter((one) => one !== facts);
    const own = membersOf(facts).filter((digest) => !outcome.isNeeded(digest, others));
    assert.ok(own.some((digest) => of.busy.includes(digest)));
  }
}

function removesExpired(of: Scene): void {
  const { ttlMs, nowMs } = of.limits;
  for (const { image, why } of planOf(of).verdicts) {
    const isExpired = ttlMs > 0 && nowMs - image.lastPullMs >= ttlMs;
    const reasons = ['expired', 'kept by pattern', 'busy', 'not named'];
    if (isExpired) assert.ok(reasons.includes(why), why);
    else assert.is.not(why, 'expired');
  }
}

function removesOrphans(of: Scene): void {
  const outcome = new Outcome(of);
  const orphans = of.blobs.filter(({ digest }) => !outcome.isNeeded(digest, of.images));
  const { nowMs, orphanGraceMs } = of.limits;
  const due = orphans.filter(({ digest, sinceMs }) => {
    return nowMs - sinceMs >= orphanGraceMs && !of.busy.includes(digest);
  });
  assert.equal([...outcome.plan.orphans.digests()].sort(), due.map((one) => one.digest).sort());
}

function goesByLastPull(of: Scene): void {
  const { verdicts } = planOf(of);
  const keys = verdicts.map(({ image }) => {
    return `${String(image.lastPullMs).padStart(3)} ${nameOf(image)}`;
  });
  assert.equal(keys, keys.toSorted());
  const firstToStay = verdicts.findIndex(({ why }) => why === 'recent enough');
  if (firstToStay < 0) return;
  assert.not(verdicts.slice(firstToStay).some(({ removal }) => removal !== undefined));
}

function countsOnce(of: Scene): void {
  const outcome = new Outcome(of);
  const { plan, deleted } = outcome;
  const held = of.blobs.map(({ digest }) => digest);
  assert.is(new Set(deleted).size, deleted.length);
  for (const digest of deleted) assert.ok(held.includes(digest));
  assert.is(plan.bytesBefore, outcome.bytes(held));
  assert.is(plan.bytesFreed, outcome.bytes(deleted));
  assert.is(plan.bytesAfter, outcome.bytes(held.filter((digest) => !deleted.includes(digest))));
  for (const { removal } of plan.verdicts) {
    if (removal === undefined) continue;
    const digests = [...removal.digests()];
    assert.is(removal.count, digests.length);
    assert.is(removal.bytes, outcome.bytes(digests));
  }
}

function isCarriedOut(of: Scene): void {
  const inventory = inventoryOf(of);
  const plan = planOf(of, inventory);
  for (const digest of plan.orphans.digests()) inventory.removeBlob(digest);
  for (const { image, removal } of plan.verdicts) {
    if (removal === undefined) continue;
    const freed = inventory.removeImage(image.repository, image.digest);
    assert.equal(freed.sort(), [...removal.digests()].sort());
    for (const digest of freed) inventory.removeBlob(digest);
  }
  assert.is(inventory.blobs.bytes, plan.bytesAfter);
}

function isTheSame({ of, ...facts }: { of: Scene } & Facts): void {
  assert.equal(told(planOf({ ...of, ...facts })), told(planOf(of)));
}

type Facts = Pick<Scene, 'blobs' | 'images'>;

/** A scene, and all its facts twice and in another order. */
const TOLD_TWICE = SCENES.chain((of) =>
  fc.record({ of: fc.constant(of), blobs: twice(of.blobs), images: twice(of.images) }),
);

function twice<T>(facts: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 });
}

interface More {
  readonly maxBytes: number;
  readonly lowWaterBytes: number;
  readonly room: number;
}

const MORE: fc.Arbitrary<More> = fc.record({
  maxBytes: fc.nat(50),
  lowWaterBytes: fc.nat(50),
  room: fc.nat(10),
});

function removesLess(of: Scene, more: More): void {
  const { maxBytes, lowWaterBytes, reservedBytes } = of.limits;
  const limits = {
    ...of.limits,
    maxBytes: maxBytes + more.maxBytes,
    lowWaterBytes: lowWaterBytes + Math.min(more.maxBytes, more.lowWaterBytes),
    reservedBytes: Math.max(0, reservedBytes - more.room),
  };
  const { leaving } = new Outcome(of);
  for (const facts of new Outcome({ ...of, limits }).leaving) {
    assert.ok(leaving.includes(facts), nameOf(facts));
  }
}

/** The whole plan as plain values, for comparison. */
function told(plan: EvictionPlan): unknown {
  const { verdicts, orphans, ...rest } = plan;
  return {
    ...rest,
    orphans: [...orphans.digests()],
    verdicts: verdicts.map(({ image, why, removal }) => {
      return [nameOf(image), why, [...(removal?.digests() ?? [])].sort()];
    }),
  };
}
