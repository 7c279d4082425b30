import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { Spool } from '../../../src/domain/pull/spool.ts';
import { Staging } from '../../../src/domain/pull/staging.ts';
import { sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';

const MIB = 1024 * 1024;
const BYTES = someBytes(32 * MIB);
const DIGEST = sha256(BYTES);

interface Rig {
  readonly storage: TroubledStorage;
  readonly spool: Spool;
  /** Where the slowest reader is. */
  reader: number | undefined;
  /** Pushes so many MiB, as long as there is room; how many were pushed. */
  fill: (mib: number) => Promise<number>;
}

async function rig(isStaged = true): Promise<Rig> {
  const storage = new TroubledStorage();
  const staging = isStaged ? new Staging(await storage.blobs.stage(DIGEST)) : undefined;
  const made: Rig = {
    storage,
    reader: 0,
    spool: new Spool(staging, {
      count: () => (made.reader === undefined ? 0 : 1),
      slowest: () => made.reader,
    }),
    fill: async (mib) => {
      for (let count = 0; count < mib; count++) {
        const { end } = made.spool;
        made.spool.push(BYTES.subarray(end, end + MIB));
        let hasRoom = false;
        void made.spool.room().then(
          () => {
            hasRoom = true;
          },
          () => {},
        );
        await settle();
        if (!hasRoom) return count + 1;
      }
      return mib;
    },
  };
  return made;
}

async function canReadAll(spool: Spool, from = 0): Promise<boolean> {
  const scratch = new Uint8Array(MIB);
  for (let at = from; at < spool.end; ) {
    const piece = await spool.at(at, () => scratch);
    if (!sameBytes(piece, BYTES.subarray(at, at + piece.byteLength))) return false;
    at += piece.byteLength;
  }
  return true;
}

testSuite('Spool', (it) => {
  it('has every byte, out of memory or storage, whatever the readers do', async () => {
    const { spool, fill } = await rig();
    assert.is(await fill(20), 20);
    assert.ok(spool.reaches(0));
    assert.ok(await canReadAll(spool));
  });

  it('keeps what the storage has not taken yet, and then lets nothing more in', async () => {
    const made = await rig();
    const disk = new Gate();
    made.storage.gates.set('append', () => disk.passed);
    const pushed = await made.fill(20);
    assert.ok(pushed >= 8 && pushed <= 9, `${pushed} MiB`);
    assert.ok(await canReadAll(made.spool));
    disk.open();
    await settle();
    assert.is(await made.fill(10), 10);
    assert.ok(await canReadAll(made.spool));
  });

  for (const room of [0, 1, 3, 7, 12]) {
    it(`loses no byte that a reader needs when the storage is full after ${room} MiB`, async () => {
      const made = await rig();
      made.storage.room = room * MIB;
      for (let total = 0; total < 24; ) {
        total += await made.fill(24 - total);
        assert.ok(await canReadAll(made.spool, made.reader));
        made.reader = made.spool.end;
        made.spool.readerMoved();
        await settle();
      }
    });
  }

  it('without storage waits for the slowest reader', async () => {
    const made = await rig(false);
    const pushed = await made.fill(20);
    assert.ok(pushed >= 8 && pushed <= 9, `${pushed} MiB`);
    made.reader = 4 * MIB;
    made.spool.readerMoved();
    await settle();
    assert.is(await made.fill(4), 4);
    assert.not(made.spool.reaches(0));
    assert.ok(made.spool.reaches(4 * MIB));
    assert.ok(await canReadAll(made.spool, 4 * MIB));
  });

  it('without storage lets a reader through that wants only what is still to come', async () => {
    const made = await rig(false);
    made.reader = 30 * MIB;
    assert.is(await made.fill(20), 20);
  });

  it('refuses what can neither be kept nor read', async () => {
    const made = await rig(false);
    made.reader = undefined;
    made.spool.push(BYTES.subarray(0, 10));
    await rejects(made.spool.room(), StorageFailed);
  });

  it('wakes who waits for a reader when the last one leaves', async () => {
    const made = await rig(false);
    await made.fill(20);
    const waiting = made.spool.room();
    made.reader = undefined;
    made.spool.readerMoved();
    await rejects(waiting, StorageFailed);
  });

  it('says so when asked for what is gone', async () => {
    const made = await rig(false);
    made.reader = 2 * MIB;
    await made.fill(3);
    assert.throws(
      () => made.spool.at(0, () => new Uint8Array(1)),
      (error: unknown) => error instanceof StorageFailed,
    );
  });
});
