import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import {
  type EvictionPlan,
  type Exemptions,
  planEviction,
} from '../../../src/domain/upkeep/eviction-plan.ts';
import { Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { type Limits, pruneLimits } from '../../../src/domain/upkeep/limits.ts';
import { digestNamed } from '../../support/bytes.ts';
import { testSuite } from '../../support/suite.ts';

const NOW_MS = 1000;

const UNLIMITED: Limits = {
  maxBytes: Number.POSITIVE_INFINITY,
  lowWaterBytes: Number.POSITIVE_INFINITY,
  reservedBytes: 0,
  ttlMs: 0,
  orphanGraceMs: 100,
  nowMs: NOW_MS,
};

/** Blobs of ten bytes that came long ago, by name. */
function held(...names: string[]): Inventory {
  const inventory = new Inventory();
  for (const name of names) {
    inventory.addBlob({ digest: digestNamed(name), size: 10, sinceMs: 0 });
  }
  return inventory;
}

/** An image whose tag is its manifest's name; its manifest and its members have ten bytes each. */
function addImage(
  inventory: Inventory,
  [repository, manifest]: [repository: string, manifest: string],
  lastPullMs: number,
  ...members: string[]
): void {
  for (const name of [manifest, ...members]) {
    inventory.addBlob({ digest: digestNamed(name), size: 10, sinceMs: 0 });
  }
  inventory.addImage({
    repository: parseRepositoryName(repository),
    digest: digestNamed(manifest),
    tags: [parseTag(manifest)],
    lastPullMs,
    members: members.map(digestNamed),
  });
}

/** Three images of 20 bytes of their own each, and 10 that they share: 70 bytes. */
function three(): Inventory {
  const inventory = new Inventory();
  addImage(inventory, ['debian', 'new'], 900, 'n', 'base');
  addImage(inventory, ['debian', 'old'], 100, 'o', 'base');
  addImage(inventory, ['debian', 'middle'], 500, 'm', 'base');
  return inventory;
}

/** The digests of these names. */
function named(...names: string[]): (digest: Digest) => boolean {
  const digests = names.map(digestNamed);
  return (digest) => digests.includes(digest);
}

const NOTHING: Exemptions = { isKept: () => false, isBusy: () => false };

function plan(
  inventory: Inventory,
  limits: Partial<Limits>,
  exemptions: Partial<Exemptions> = {},
): EvictionPlan {
  return planEviction(inventory, { ...UNLIMITED, ...limits }, { ...NOTHING, ...exemptions });
}

/** Each image's tag, why it goes or stays, and how many bytes go with it. */
function told({ verdicts }: EvictionPlan): [tag: string, why: string, bytes: number][] {
  return verdicts.map(({ image, why, removal }) => [String(image.tags), why, removal?.bytes ?? 0]);
}

function budget(maxBytes: number, lowWaterBytes: number): Partial<Limits> {
  return { maxBytes, lowWaterBytes };
}

testSuite('a plan for a budget', (it) => {
  it('lets all stay that is within it', () => {
    const found = plan(three(), budget(70, 0));
    assert.equal(told(found), [
      ['old', 'recent enough', 0],
      ['middle', 'recent enough', 0],
      ['new', 'recent enough', 0],
    ]);
    assert.is(found.bytesFreed, 0);
    assert.ok(found.isTargetReached);
  });

  it('goes down to the low-water mark when it is exceeded, the least recently pulled first', () => {
    const found = plan(three(), budget(69, 50));
    assert.equal(told(found), [
      ['old', 'over budget', 20],
      ['middle', 'recent enough', 0],
      ['new', 'recent enough', 0],
    ]);
    assert.is(found.bytesAfter, 50);
    assert.ok(found.isTargetReached);
  });

  it('deletes what images share with the last of them', () => {
    const found = plan(three(), budget(69, 0));
    assert.equal(told(found), [
      ['old', 'over budget', 20],
      ['middle', 'over budget', 20],
      ['new', 'over budget', 30],
    ]);
    assert.is(found.bytesAfter, 0);
  });

  it('makes room for running downloads', () => {
    const found = plan(three(), { ...budget(100, 80), reservedBytes: 31 });
    assert.is(found.bytesBefore, 70);
    assert.is(found.bytesAfter, 30);
    assert.ok(found.isTargetReached);
  });

  it('says so when what has to stay is too much', () => {
    const found = plan(three(), budget(69, 40), {
      isKept: ({ tags }) => tags.includes(parseTag('old')),
      isBusy: named('n'),
    });
    assert.equal(told(found), [
      ['old', 'kept by pattern', 0],
      ['middle', 'over budget', 20],
      ['new', 'busy', 0],
    ]);
    assert.not(found.isTargetReached);
  });

  it('has the marks in order even if they are not', () => {
    assert.is(plan(three(), budget(45, 65)).bytesAfter, 30);
  });

  it('takes images pulled at one time by their names', () => {
    const inventory = new Inventory();
    addImage(inventory, ['b', 'b1'], 5);
    addImage(inventory, ['a', 'a2'], 5);
    addImage(inventory, ['b', 'b0'], 4);
    addImage(inventory, ['a', 'a1'], 5);
    const inA = [digestNamed('a1'), digestNamed('a2')].sort();
    const { verdicts } = plan(inventory, {});
    assert.equal(
      verdicts.map(({ image }) => image.digest),
      [digestNamed('b0'), ...inA, digestNamed('b1')],
    );
  });

  it('keeps a manifest that another repository has too', () => {
    const inventory = new Inventory();
    addImage(inventory, ['a', 'same'], 1, 'layer');
    addImage(inventory, ['b', 'same'], 2, 'layer');
    assert.equal(told(plan(inventory, budget(19, 15))), [
      ['same', 'over budget', 0],
      ['same', 'over budget', 20],
    ]);
  });
});

testSuite('a plan for a time to live', (it) => {
  it('removes what was last pulled that long ago, within the budget too', () => {
    const found = plan(three(), { ttlMs: 500 });
    assert.equal(told(found), [
      ['old', 'expired', 20],
      ['middle', 'expired', 20],
      ['new', 'recent enough', 0],
    ]);
    assert.ok(found.isTargetReached);
  });

  it('removes nothing more for the budget if that is enough', () => {
    const found = plan(three(), { ttlMs: 900, ...budget(60, 10) });
    assert.equal(told(found)[1], ['middle', 'recent enough', 0]);
    assert.ok(found.isTargetReached);
  });

  it('removes the expired first, then for the budget', () => {
    const found = plan(three(), { ttlMs: 900, ...budget(49, 40) });
    assert.equal(told(found), [
      ['old', 'expired', 20],
      ['middle', 'over budget', 20],
      ['new', 'recent enough', 0],
    ]);
  });

  it('spares what was pulled in the future', () => {
    const inventory = new Inventory();
    addImage(inventory, ['a', 'later'], NOW_MS + 1);
    assert.equal(told(plan(inventory, { ttlMs: 1 })), [['later', 'recent enough', 0]]);
  });
});

testSuite('a busy blob', (it) => {
  it('lets an image go that shares it with one that stays', () => {
    const found = plan(three(), budget(69, 50), { isBusy: named('base') });
    assert.equal(told(found)[0], ['old', 'over budget', 20]);
  });

  it('keeps the last image that needs it', () => {
    const found = plan(three(), { ttlMs: 1 }, { isBusy: named('base') });
    assert.equal(told(found), [
      ['old', 'expired', 20],
      ['middle', 'expired', 20],
      ['new', 'busy', 0],
    ]);
  });

  it('keeps the image that needs it before it is here', () => {
    const inventory = three();
    inventory.removeBlob(digestNamed('o'));
    const found = plan(inventory, { ttlMs: 900 }, { isBusy: named('o') });
    assert.equal(told(found)[0], ['old', 'busy', 0]);
  });
});

testSuite('an orphan', (it) => {
  it('goes when its grace is over, whatever the budget is', () => {
    const inventory = three();
    inventory.addBlob({ digest: digestNamed('late'), size: 1, sinceMs: 901 });
    inventory.addBlob({ digest: digestNamed('due'), size: 2, sinceMs: 900 });
    inventory.addBlob({ digest: digestNamed('long ago'), size: 4, sinceMs: 0 });
    const found = plan(inventory, {});
    assert.equal([...found.orphans.digests()], [digestNamed('long ago'), digestNamed('due')]);
    assert.is(found.orphans.bytes, 6);
    assert.is(found.bytesFreed, 6);
  });

  it('stays while it is busy', () => {
    const found = plan(held('a', 'b'), {}, { isBusy: named('a') });
    assert.equal([...found.orphans.digests()], [digestNamed('b')]);
  });

  it('goes once', () => {
    const inventory = held('a', 'b');
    inventory.removeBlob(digestNamed('a'));
    assert.equal([...plan(inventory, {}).orphans.digests()], [digestNamed('b')]);
  });

  it('may be enough to remove', () => {
    const inventory = three();
    inventory.addBlob({ digest: digestNamed('due'), size: 10, sinceMs: 0 });
    assert.is(plan(inventory, budget(70, 10)).bytesAfter, 70);
  });

  it('counts, though it has grace', () => {
    const found = plan(held('a'), { ...budget(5, 5), orphanGraceMs: NOW_MS + 1 });
    assert.is(found.bytesAfter, 10);
    assert.not(found.isTargetReached);
  });
});

testSuite('what an operator asks to remove', (it) => {
  const prune = { orphanGraceMs: 100, nowMs: NOW_MS };

  it('may be what is older than a time', () => {
    const found = plan(three(), pruneLimits({ ...prune, olderThanMs: 500 }));
    assert.equal(
      told(found).map(([, why]) => why),
      ['expired', 'expired', 'recent enough'],
    );
  });

  it('is all if the time is 0', () => {
    assert.is(plan(three(), pruneLimits({ ...prune, olderThanMs: 0 })).bytesAfter, 0);
  });

  it('may be what is more than a size', () => {
    assert.is(plan(three(), pruneLimits({ ...prune, toBytes: 50 })).bytesAfter, 50);
  });

  it('is nothing but orphans if it is neither', () => {
    const inventory = three();
    inventory.addBlob({ digest: digestNamed('due'), size: 1, sinceMs: 0 });
    assert.is(plan(inventory, pruneLimits(prune)).bytesFreed, 1);
  });

  it('may be some images', () => {
    const found = plan(three(), pruneLimits({ ...prune, toBytes: 0 }), {
      isNamed: ({ tags }) => tags.includes(parseTag('middle')),
    });
    assert.equal(told(found), [
      ['old', 'not named', 0],
      ['middle', 'over budget', 20],
      ['new', 'not named', 0],
    ]);
    assert.not(found.isTargetReached);
  });
});
