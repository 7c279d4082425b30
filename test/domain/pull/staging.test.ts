import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { Staging } from '../../../src/domain/pull/staging.ts';
import { sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';

const BYTES = someBytes(1000);
const DIGEST = sha256(BYTES);

async function staging(storage: TroubledStorage): Promise<Staging> {
  return new Staging(await storage.blobs.stage(DIGEST));
}

/** Adds the bytes in pieces of 100. */
function addAll(to: Staging): void {
  for (let at = 0; at < 1000; at += 100) to.add(BYTES.subarray(at, at + 100));
}

testSuite('Staging', (it) => {
  it('writes what is added, in order, and makes it visible', async () => {
    const storage = new TroubledStorage();
    const staged = await staging(storage);
    addAll(staged);
    await staged.commit();
    assert.is(await storage.blobs.stat(DIGEST), 1000);
    const read = await staged.readAt(990, () => new Uint8Array(100));
    assert.ok(sameBytes(read, BYTES.subarray(990)));
  });

  it('makes one write of what comes while it writes', async () => {
    const storage = new TroubledStorage();
    const disk = new Gate();
    let writes = 0;
    storage.gates.set('append', () => {
      writes++;
      return disk.passed;
    });
    const staged = await staging(storage);
    addAll(staged);
    assert.is(staged.unwritten, 1000);
    disk.open();
    await staged.untilUnwritten(0);
    assert.is(writes, 2);
    assert.is(staged.unwritten, 0);
    assert.is(staged.length, 1000);
  });

  it('lets one wait until not too much is unwritten', async () => {
    const storage = new TroubledStorage();
    let disk = new Gate();
    storage.gates.set('append', () => disk.passed);
    const staged = await staging(storage);
    staged.add(BYTES.subarray(0, 600));
    staged.add(BYTES.subarray(600));
    let waited = false;
    const waiting = staged.untilUnwritten(400).then(() => {
      waited = true;
    });
    await settle();
    assert.not(waited);
    const first = disk;
    disk = new Gate();
    first.open();
    await waiting;
    assert.is(staged.unwritten, 400);
    disk.open();
    await staged.commit();
  });

  it('fails to commit what could not be written, and wakes who waits', async () => {
    const storage = new TroubledStorage();
    storage.broken.add('append');
    const staged = await staging(storage);
    addAll(staged);
    await staged.untilUnwritten(0);
    assert.instance(staged.failure?.cause, StorageFailed);
    await rejects(staged.commit(), StorageFailed);
    assert.is(await storage.blobs.stat(DIGEST), undefined);
  });

  it('leaves all of it to the next', async () => {
    const storage = new TroubledStorage();
    const staged = await staging(storage);
    addAll(staged);
    await staged.suspend();
    staged.close();
    const next = await staging(storage);
    assert.is(next.length, 1000);
    await next.commit();
    assert.is(await storage.blobs.stat(DIGEST), 1000);
  });
});
