import * as assert from 'uvu/assert';
import { NodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { type Resumed, resume } from '../../../src/domain/pull/resume.ts';
import { sha256, someBytes } from '../../support/bytes.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';

const BYTES = someBytes(3 * 1024 * 1024 + 5);
const SIZE = BYTES.byteLength;
const DIGEST = sha256(BYTES);

async function left(bytes: Uint8Array): Promise<TroubledStorage> {
  const storage = new TroubledStorage();
  const staged = await storage.blobs.stage(DIGEST);
  await staged.append([bytes]);
  await staged.suspend();
  staged.close();
  return storage;
}

function resumed(storage: TroubledStorage, size: number | undefined): Promise<Resumed> {
  return resume({ blobs: storage.blobs, hasher: new NodeHasher() }, DIGEST, size);
}

testSuite('resume', (it) => {
  it('begins a blob of which nothing is there', async () => {
    const { staging, hash } = await resumed(new TroubledStorage(), SIZE);
    assert.is(staging.length, 0);
    hash?.update(BYTES);
    assert.is(hash?.digest(), DIGEST);
  });

  for (const size of [SIZE, undefined]) {
    it(`goes on with a part, and its hash (size ${size === undefined ? 'un' : ''}known)`, async () => {
      const half = BYTES.subarray(0, 2_000_000);
      const { staging, hash } = await resumed(await left(half), size);
      assert.is(staging.length, half.byteLength);
      hash?.update(BYTES.subarray(half.byteLength));
      assert.is(hash?.digest(), DIGEST);
    });
  }

  it('has nothing left to do for the whole blob', async () => {
    const { staging, hash } = await resumed(await left(BYTES), SIZE);
    assert.is(staging.length, SIZE);
    assert.is(hash, undefined);
  });

  it('throws away what has the size and not the digest', async () => {
    const storage = await left(someBytes(SIZE, 2));
    const { staging, hash } = await resumed(storage, SIZE);
    assert.is(staging.length, 0);
    assert.ok(hash);
    assert.is(storage.staged[1]?.closed, 1);
  });

  it('throws away what is longer than the blob', async () => {
    const { staging } = await resumed(await left(BYTES), SIZE - 1);
    assert.is(staging.length, 0);
  });

  it('fails when nothing can be staged', async () => {
    const storage = await left(BYTES);
    storage.broken.add('stage');
    await rejects(resumed(storage, SIZE), StorageFailed);
  });

  it('fails when what is wrong cannot be thrown away, and holds nothing of it', async () => {
    const storage = await left(someBytes(SIZE, 2));
    storage.broken.add('discard');
    await rejects(resumed(storage, SIZE), StorageFailed);
    assert.is(storage.staged[1]?.closed, 1);
  });
});
