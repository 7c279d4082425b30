import * as assert from 'uvu/assert';
import type { Lease, Leases, Taken } from '../../src/domain/ports/leases.ts';
import { testSuite } from '../support/suite.ts';

/** Some processes that share a storage, and the time that passes for them. */
export interface LeasesUnderTest {
  /** Another process that shares the storage; each call gives one. */
  process(): Promise<LeaseProcess>;
  /** Lets so much time pass for all that live, in milliseconds. */
  pass(ms: number): Promise<void>;
  /** Whether the others can tell at once that a process was killed. */
  readonly seesDeath: boolean;
  close(): Promise<void>;
}

export interface LeaseProcess {
  readonly leases: Leases;
  /** Ends it as kill -9 would, so that the others can tell. */
  kill(): Promise<void>;
  /** It stands still, or cannot be reached, from now on; the others cannot tell. */
  freeze(): void;
  /** It goes on. */
  thaw(): void;
}

/** How long a lease lasts at most after its holder's last sign of life, in milliseconds. */
const EXPIRY_MS = 15_000;

const NAME = 'blobs/sha256/abc';

/** What leases are to those who share a storage. `create` is called for each test. */
export function leasesContract(name: string, create: () => Promise<LeasesUnderTest>): void {
  testSuite(`${name}: leases`, (it) => {
    let world: LeasesUnderTest;
    it.beforeEach(async () => {
      world = await create();
    });
    it.afterEach(() => world.close());

    it('one gets it, and the others are told who', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME, { size: 7 }));
      const { note, id } = tenure(await other.leases.take(NAME));
      assert.equal(note, { size: 7 });
      assert.is((await other.leases.holderOf(NAME))?.id, id);
      assert.is(lease.isLost, false);
    });

    function four(): Promise<LeaseProcess[]> {
      return Promise.all(Array.from({ length: 4 }, () => world.process()));
    }

    it('one gets it of many that ask at once', async () => {
      assert.is(await race(await four()), 1);
    });

    it('names are independent, those of tags and of repositories below others too', async () => {
      const { leases } = await world.process();
      const names = ['tags/a/_tags/latest', 'tags/a/b/_tags/latest', 'tags/a/_tags/latest.x'];
      for (const each of names) held(await leases.take(each));
      for (const each of names) tenure(await leases.take(each));
    });

    it('it is free when it has been given up, and giving it up again changes nothing', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME));
      await lease.release();
      assert.is(await other.leases.holderOf(NAME), undefined);
      const taken = await other.leases.take(NAME);
      held(taken);
      assert.is('lease' in taken && taken.after, undefined);
      await lease.release();
      await lease.tell({ late: 1 });
      assert.equal(tenure(await one.leases.take(NAME)).note, {});
    });

    it('the last note is what the others see', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME, { repository: 'library/alpine' }));
      await lease.tell({ repository: 'library/alpine', size: 5, opened: 1 });
      assert.equal((await other.leases.holderOf(NAME))?.note, {
        repository: 'library/alpine',
        size: 5,
        opened: 1,
      });
    });

    it('an outcome is found by those who waited for that holding, and by nobody else', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME));
      const waitedFor = tenure(await other.leases.take(NAME));
      await lease.release({ digest: 'sha256:abc' });
      assert.equal(await other.leases.outcomeOf(NAME, waitedFor), { digest: 'sha256:abc' });
      const second = held(await one.leases.take(NAME));
      const next = tenure(await other.leases.take(NAME));
      await second.release();
      assert.is(await other.leases.outcomeOf(NAME, next), undefined);
    });

    it('it is kept for as long as its holder lives', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME));
      for (let look = 0; look < 8; look++) {
        tenure(await other.leases.take(NAME));
        await world.pass(EXPIRY_MS / 3);
      }
      assert.is(lease.isLost, false);
    });

    /** Until none of them can take the process that was killed for one that lives. */
    async function mourn(...witnesses: LeaseProcess[]): Promise<void> {
      if (world.seesDeath) return;
      for (const { leases } of witnesses) tenure(await leases.take(NAME));
      await world.pass(EXPIRY_MS);
    }

    it('it goes to another when its holder is killed, at once if that can be told', async () => {
      const [one, other] = [await world.process(), await world.process()];
      held(await one.leases.take(NAME, { size: 7 }));
      await one.kill();
      await mourn(other);
      const taken = await other.leases.take(NAME);
      held(taken);
      assert.equal('lease' in taken && taken.after?.note, { size: 7 });
    });

    it('it goes to another when its holder has stood still for as long as it lasts', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const lease = held(await one.leases.take(NAME));
      one.freeze();
      tenure(await other.leases.take(NAME));
      await world.pass(EXPIRY_MS);
      const second = held(await other.leases.take(NAME));
      one.thaw();
      await world.pass(EXPIRY_MS / 3);
      assert.is(lease.isLost, true);
      await lease.release();
      await world.pass(EXPIRY_MS / 3);
      assert.is(second.isLost, false);
      tenure(await one.leases.take(NAME));
    });

    it('one that has lost a lease, and goes on, keeps those that it takes then', async () => {
      const [one, other] = [await world.process(), await world.process()];
      held(await one.leases.take(NAME));
      one.freeze();
      tenure(await other.leases.take(NAME));
      await world.pass(EXPIRY_MS);
      held(await other.leases.take(NAME));
      one.thaw();
      held(await one.leases.take('blobs/sha256/def'));
      tenure(await other.leases.take('blobs/sha256/def'));
    });

    it('one gets it of many that wait for one that was killed', async () => {
      const first = await world.process();
      held(await first.leases.take(NAME));
      await first.kill();
      const processes = await four();
      await mourn(...processes);
      const holders = await race(processes);
      const rest = await (await world.process()).leases.take(NAME);
      assert.is(holders + ('lease' in rest ? 1 : 0), 1);
    });
  });
}

/** They ask at once, each more than once; how many have got it. */
async function race(processes: LeaseProcess[]): Promise<number> {
  const asking = processes.flatMap(({ leases }) => {
    return Array.from({ length: 5 }, () => leases.take(NAME));
  });
  return (await Promise.all(asking)).filter((each) => 'lease' in each).length;
}

function held(taken: Taken): Lease {
  assert.ok('lease' in taken, 'the lease is held by somebody else');
  return (taken as Taken & { lease: Lease }).lease;
}

function tenure(taken: Taken): (Taken & { lease?: never })['heldBy'] {
  assert.ok('heldBy' in taken, 'the lease was given out');
  return (taken as Taken & { lease?: never }).heldBy;
}
