import * as assert from 'uvu/assert';
import { RecordLeases } from '../../../src/domain/lease/record-leases.ts';
import type { Lease, Taken } from '../../../src/domain/ports/leases.ts';
import type { Owners } from '../../../src/domain/ports/owners.ts';
import { leaseClaimKey, leaseKey } from '../../../src/domain/registry-layout.ts';
import { type LeasesUnderTest, leasesContract } from '../../contracts/leases.ts';
import { LeaseProcesses } from '../../support/lease-processes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordedEvents } from '../../support/recorded-events.ts';
import { pass } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';

/** Processes that see each other die. */
class Machine {
  readonly gone: Set<string> = new Set();
  readonly presumed: string[] = [];
  #count = 0;

  owner(): Owners {
    this.#count++;
    return {
      self: `process-${this.#count}`,
      canCoordinate: true,
      isGone: (owner) => Promise.resolve(this.gone.has(owner)),
      presumeGone: (owner) => void this.presumed.push(owner),
    };
  }
}

leasesContract('records in memory', async (): Promise<LeasesUnderTest> => {
  const { records } = new TroubledStorage();
  const machine = new Machine();
  const processes = new LeaseProcesses();
  return {
    process: async () => {
      const owners = machine.owner();
      const kill = async (): Promise<void> => void machine.gone.add(owners.self);
      return processes.process({ records, owners, kill });
    },
    pass: (ms) => processes.pass(ms),
    seesDeath: true,
    close: () => Promise.resolve(),
  };
});

function scene(): { storage: TroubledStorage; clock: ManualClock; machine: Machine } {
  return { storage: new TroubledStorage(), clock: new ManualClock(), machine: new Machine() };
}

function leasesOf(
  { storage, clock, machine }: ReturnType<typeof scene>,
  events: RecordedEvents = new RecordedEvents(),
): RecordLeases {
  const { records } = storage;
  return new RecordLeases({ records, owners: machine.owner(), clock, events, random });
}

let calls = 0;
function random(): number {
  calls++;
  return (calls % 997) / 1000;
}

testSuite('leases as records', (it) => {
  const NAME = 'blobs/sha256/abc';

  it('gives everybody what they ask for while the storage fails, and says so once', async () => {
    const at = scene();
    const events = new RecordedEvents();
    const leases = leasesOf(at, events);
    at.storage.broken.add('put');
    leaseIn(await leases.take(NAME));
    leaseIn(await leases.take(NAME));
    assert.is(events.of('not-coordinated').length, 1);
    at.storage.broken.delete('put');
    const lease = leaseIn(await leases.take(NAME));
    at.storage.broken.add('get');
    await lease.release();
    assert.is(events.of('not-coordinated').length, 2);
  });

  it('takes over what cannot be read when it has lain there for as long as a lease lasts', async () => {
    const at = scene();
    await at.storage.records.put(leaseKey(NAME), new TextEncoder().encode('{"id":'));
    const leases = leasesOf(at);
    assert.ok('heldBy' in (await leases.take(NAME)));
    await pass(at.clock, 10_000);
    leaseIn(await leases.take(NAME));
  });

  it('keeps no lease that was given up, though its outcome cannot be told', async () => {
    const at = scene();
    const leases = leasesOf(at);
    const lease = leaseIn(await leases.take(NAME));
    at.storage.broken.add('put');
    await lease.release({ digest: 'sha256:abc' });
    at.storage.broken.delete('put');
    leaseIn(await leasesOf(at).take(NAME));
  });

  it('lets a lease run out that was given up while the storage could not be read', async () => {
    const at = scene();
    const lease = leaseIn(await leasesOf(at).take(NAME));
    at.storage.broken.add('get');
    await lease.release();
    at.storage.broken.delete('get');
    const other = leasesOf(at);
    assert.ok('heldBy' in (await other.take(NAME)));
    await pass(at.clock, 10_000, 10);
    leaseIn(await other.take(NAME));
  });

  it('gives everybody what they ask for where something lies that is no record', async () => {
    const at = scene();
    const events = new RecordedEvents();
    Object.assign(at.storage.records, {
      putIfAbsent: () => Promise.resolve(false),
      get: () => Promise.resolve(undefined),
    });
    leaseIn(await leasesOf(at, events).take(NAME));
    assert.is(events.of('not-coordinated').length, 1);
  });

  it('goes on where somebody died while taking over', async () => {
    const at = scene();
    const first = leasesOf(at);
    const taken = await first.take(NAME);
    leaseIn(taken);
    const holder = await first.holderOf(NAME);
    const claim = leaseClaimKey(NAME, holder?.id ?? '');
    await at.storage.records.put(claim, new TextEncoder().encode('{}'));
    at.machine.gone.add('process-1');
    const second = leasesOf(at);
    assert.ok('heldBy' in (await second.take(NAME)));
    await pass(at.clock, 10_000);
    assert.ok('heldBy' in (await second.take(NAME)), 'the old claim is dropped first');
    leaseIn(await second.take(NAME));
  });

  it('lets the storage know whose things may be taken', async () => {
    const at = scene();
    leaseIn(await leasesOf(at).take(NAME));
    at.machine.gone.add('process-1');
    leaseIn(await leasesOf(at).take(NAME));
    assert.equal(at.machine.presumed, ['process-1']);
  });

  it('beats no longer than it holds any', async () => {
    const at = scene();
    const leases = leasesOf(at);
    const held = [leaseIn(await leases.take('a')), leaseIn(await leases.take('b'))];
    await pass(at.clock, 6000, 3);
    assert.is(at.clock.pending, 1);
    for (const lease of held) await lease.release();
    await pass(at.clock, 2000);
    assert.is(at.clock.pending, 0);
    leaseIn(await leases.take('a'));
    assert.is(at.clock.pending, 1);
  });
});

function leaseIn(taken: Taken): Lease {
  assert.ok('lease' in taken, 'the lease is held by somebody else');
  return (taken as Taken & { lease: Lease }).lease;
}
