import * as assert from 'uvu/assert';
import { MemoryStorage } from '../../../src/adapters/storage/memory/memory-storage.ts';
import type { Owners } from '../../../src/domain/ports/owners.ts';
import type { RecordStore } from '../../../src/domain/ports/record-store.ts';
import { arrivalsKey } from '../../../src/domain/registry-layout.ts';
import { SharedArrivals } from '../../../src/domain/upkeep/shared-arrivals.ts';
import { testSuite } from '../../support/suite.ts';

async function isGone(): Promise<boolean> {
  return false;
}

function owner(self: string): Owners {
  return { self, canCoordinate: true, isGone, presumeGone: () => {} };
}

testSuite('what other processes store', (it) => {
  let records: RecordStore;
  let ours: SharedArrivals;
  it.beforeEach(() => {
    ({ records } = new MemoryStorage());
    ours = new SharedArrivals(records, owner('ours'));
  });

  it('counts until it is part of an inventory', async () => {
    const theirs = new SharedArrivals(records, owner('theirs'));
    await theirs.bring(100);
    await theirs.settle(100);
    await ours.bring(7);
    const before = await ours.look();
    assert.is(ours.uncounted, 100);
    await theirs.bring(20);
    ours.count(before);
    assert.is(ours.uncounted, 0);
    await ours.look();
    assert.is(ours.uncounted, 20);
  });

  it('counts what was about to come when the storage was looked through', async () => {
    const theirs = new SharedArrivals(records, owner('theirs'));
    await theirs.bring(100);
    ours.count(await ours.look());
    assert.is(ours.uncounted, 100);
    await theirs.settle(100);
    ours.count(await ours.look());
    assert.is(ours.uncounted, 0);
  });

  it('is added up for all of them', async () => {
    for (const name of ['one', 'two', 'three']) {
      await new SharedArrivals(records, owner(name)).bring(10);
    }
    await ours.look();
    assert.is(ours.uncounted, 30);
  });

  it('is not forgotten when a record has gone, nor counted again when it comes back', async () => {
    const theirs = new SharedArrivals(records, owner('theirs'));
    await theirs.bring(100);
    await theirs.settle(100);
    ours.count(await ours.look());
    await records.delete(arrivalsKey('theirs'));
    await ours.look();
    await theirs.bring(5);
    await ours.look();
    assert.is(ours.uncounted, 5);
  });

  it('is nothing where a record says nothing', async () => {
    await records.put(arrivalsKey('theirs'), new TextEncoder().encode('much'));
    await ours.look();
    assert.is(ours.uncounted, 0);
  });

  it('is written down while others are there, with all that was stored before', async () => {
    let isAlone = true;
    const owners: Owners = { ...owner('theirs'), isAlone: async () => isAlone };
    const theirs = new SharedArrivals(records, owners);
    await theirs.bring(100);
    await theirs.settle(100);
    assert.equal(await records.children('kagami/leases/arrivals'), []);
    isAlone = false;
    await theirs.bring(20);
    await ours.look();
    assert.is(ours.uncounted, 120);
  });

  it('is heard of to the end of those who have gone, and of those who came and went', async () => {
    let isAlone = false;
    const owners: Owners = { ...owner('ours'), isAlone: async () => isAlone };
    ours = new SharedArrivals(records, owners);
    const theirs = new SharedArrivals(records, owner('theirs'));
    await theirs.bring(100);
    await ours.look();
    await theirs.bring(20);
    isAlone = true;
    await ours.look();
    assert.is(ours.uncounted, 120);
    await new SharedArrivals(records, owner('others')).bring(3);
    await ours.look();
    assert.is(ours.uncounted, 123);
  });

  it('is read once of those who have gone', async () => {
    const theirs = new SharedArrivals(records, owner('theirs'));
    await theirs.bring(100);
    let reads = 0;
    const get = records.get.bind(records);
    records.get = async (key) => {
      reads++;
      return get(key);
    };
    ours = new SharedArrivals(records, { ...owner('ours'), isAlone: async () => true });
    for (let looks = 0; looks < 3; looks++) await ours.look();
    assert.is(reads, 1);
    assert.is(ours.uncounted, 100);
  });

  it('is nothing in a storage of this process alone', async () => {
    const alone = new SharedArrivals(records, undefined);
    await alone.bring(100);
    await alone.look();
    assert.is(alone.uncounted, 0);
    assert.equal(await records.children('kagami'), []);
  });
});
