import * as assert from 'uvu/assert';
import { MemoryStorage } from '../../../src/adapters/storage/memory/memory-storage.ts';
import { LeasesAmongOthers } from '../../../src/domain/lease/leases-among-others.ts';
import { RecordLeases } from '../../../src/domain/lease/record-leases.ts';
import type { Lease, Taken } from '../../../src/domain/ports/leases.ts';
import { LEASES } from '../../../src/domain/registry-layout.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordedEvents } from '../../support/recorded-events.ts';
import { pass } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const NAME = 'blobs/sha256/abc';

/** Processes that share a storage and a clock. */
class Shared {
  readonly clock = new ManualClock();
  readonly #storage = new MemoryStorage();
  readonly #killed = new Set<string>();
  #processes = 0;
  /** Whether those that look see the others. */
  looking: Promise<void> = Promise.resolve();

  process(): LeasesAmongOthers {
    const { clock } = this;
    this.#processes++;
    const self = `process-${this.#processes}`;
    const owners = {
      self,
      canCoordinate: true,
      isGone: async (owner: string) => this.#killed.has(owner),
      presumeGone: () => {},
    };
    const { records } = this.#storage;
    const events = new RecordedEvents();
    const leases = new RecordLeases({ records, owners, clock, events, random: Math.random });
    const isAlone = async (): Promise<boolean> => {
      await this.looking;
      return this.#processes - this.#killed.size === 1;
    };
    return new LeasesAmongOthers({ leases, self, isAlone, clock });
  }

  kill(process: string): void {
    this.#killed.add(process);
  }

  written(): Promise<string[]> {
    return this.#storage.records.children(LEASES);
  }
}

function held(taken: Taken): Lease {
  if (!('lease' in taken)) throw new Error('somebody else has it');
  return taken.lease;
}

testSuite('leases that are written down among others alone', (it) => {
  it('are not, as long as nobody else is there', async () => {
    const shared = new Shared();
    const leases = shared.process();
    const lease = held(await leases.take(NAME, { size: 1 }));
    await lease.tell({ size: 2 });
    await pass(shared.clock, 60_000, 600);
    assert.equal(await shared.written(), []);
    assert.not(lease.isLost);
    const again = await leases.take(NAME);
    assert.ok('heldBy' in again);
    assert.equal(again.heldBy.note, { size: 2 });
    assert.is((await leases.holderOf(NAME))?.id, again.heldBy.id);
    await lease.release();
    assert.is(await leases.holderOf(NAME), undefined);
    held(await leases.take(NAME));
  });

  it('leave no timer when they are given up', async () => {
    const shared = new Shared();
    const leases = shared.process();
    const [one, other] = [await leases.take(NAME), await leases.take('another')];
    await pass(shared.clock, 1000, 10);
    await held(one).release();
    await held(other).release();
    assert.is(shared.clock.pending, 0);
  });

  it('are when somebody comes, who waits for that', async () => {
    const shared = new Shared();
    const one = shared.process();
    const lease = held(await one.take(NAME, { size: 1 }));
    await lease.tell({ size: 2 });
    const other = shared.process();
    const taking = other.take(NAME);
    await pass(shared.clock, 1000, 20);
    const taken = await taking;
    assert.ok('heldBy' in taken);
    assert.equal([taken.heldBy.holder, taken.heldBy.note], ['process-1', { size: 2 }]);
    assert.not(lease.isLost);
    await lease.tell({ size: 3 });
    assert.equal((await other.holderOf(NAME))?.note, { size: 3 });
    await lease.release();
    held(await other.take(NAME));
  });

  it('are of no more effect than any when somebody has taken them before', async () => {
    const shared = new Shared();
    const one = shared.process();
    const lease = held(await one.take(NAME));
    shared.looking = new Promise(() => {});
    const other = shared.process();
    await pass(shared.clock, 60_000, 60);
    assert.ok(lease.isLost, 'it has not been seen for long whether somebody came');
    shared.looking = Promise.resolve();
    const taking = other.take(NAME);
    await pass(shared.clock, 1000, 20);
    held(await taking);
    await lease.release();
    assert.is((await other.holderOf(NAME))?.holder, 'process-2');
  });

  it('are taken over in order from one that was killed', async () => {
    const shared = new Shared();
    const one = shared.process();
    const taking = shared.process().take(NAME);
    await pass(shared.clock, 1000, 20);
    held(await taking);
    shared.kill('process-2');
    const taken = await one.take(NAME);
    held(taken);
    assert.is('after' in taken && taken.after?.holder, 'process-2');
  });

  it('are written down at once by those who are used to others', async () => {
    const shared = new Shared();
    const one = shared.process();
    await held(await one.take('another')).release();
    shared.process();
    held(await one.take(NAME));
    assert.equal((await shared.written()).length > 0, true);
  });
});
