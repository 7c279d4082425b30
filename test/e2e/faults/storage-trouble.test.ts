import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';
import { scenes } from './scene.ts';

type Operation = 'stage' | 'append' | 'commit' | 'open' | 'get' | 'put';

/** What fails, and whether the blobs are kept all the same. */
const TROUBLES: readonly (readonly [string, readonly Operation[]])[] = [
  ['nothing can be begun (a read-only disk)', ['stage', 'put']],
  ['nothing can be appended (a full disk)', ['append', 'put']],
  ['nothing can be made visible', ['commit']],
  ['no link can be written', ['put']],
  ['nothing can be read', ['open', 'get']],
  ['nothing works at all', ['stage', 'append', 'commit', 'open', 'get', 'put']],
];

testSuite('When the storage has trouble', (it) => {
  const scene = scenes(it);
  for (const [trouble, broken] of TROUBLES) {
    it(`clients get their bytes though ${trouble}, and caching goes on when it is over`, async () => {
      const storage = new TroubledStorage();
      const made = await scene({ storage });
      for (const operation of broken) storage.broken.add(operation);
      assert.is(await made.pull(), 'whole');
      assert.ok(made.mirror.log.some(({ level }) => level === 'error' || level === 'warn'));
      storage.broken.clear();
      made.move();
      assert.is(await made.pull(), 'whole');
      await kept(storage, made.layer.digest);
      made.hub.arrivals.clear();
      assert.is(await made.pull(), 'whole');
      assert.equal(made.hub.arrivals.summary(), { 'manifest-head': 1 });
    });
  }

  it('a disk that fills up in the middle of a blob costs the client nothing', async () => {
    const storage = new TroubledStorage();
    storage.room = 100_000;
    const made = await scene({ storage });
    assert.is(await made.pull(), 'whole');
    await made.assertNothingWrongIsKept();
  });
});

/** The blob is stored behind the answer. */
async function kept(storage: TroubledStorage, digest: string): Promise<void> {
  const found = async (): Promise<boolean> => {
    for await (const blob of storage.blobs.list()) if (blob.digest === digest) return true;
    return false;
  };
  await eventually(found, 'the blob is stored');
}
