import * as assert from 'uvu/assert';
import type { BlobStore } from '../../../src/domain/ports/blob-store.ts';
import { pull, pushBlob } from '../../support/blob-pulls.ts';
import { Gate } from '../../support/gate.ts';
import { ALPINE, BUSYBOX, type PullParts, pullParts, world } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

/** Clients can reach the storage of these. */
function reachable(options: Parameters<typeof pullParts>[0] = {}): PullParts {
  const same = world();
  const { blobs }: { blobs: BlobStore } = same.storage;
  blobs.urlOf = async (digest) =>
    (await blobs.stat(digest)) === undefined ? undefined : `https://bucket/${digest}`;
  return pullParts(options, same);
}

testSuite('where a client is to fetch a blob', (it) => {
  it('is in the storage, once it is there', async () => {
    const parts = reachable();
    const { digest } = pushBlob(parts, 100);
    assert.is(await parts.pullBlob.locate(ALPINE, digest), undefined);
    await pull(parts, digest);
    await parts.background.idle();
    assert.is(await parts.pullBlob.locate(ALPINE, digest), `https://bucket/${digest}`);
  });

  it('is here while it is still being stored', async () => {
    const parts = reachable();
    const { digest } = pushBlob(parts, 100);
    const gate = new Gate();
    parts.storage.gates.set('commit', () => gate.passed);
    await pull(parts, digest);
    assert.is(await parts.pullBlob.locate(ALPINE, digest), undefined);
    gate.open();
    await parts.background.idle();
  });

  it('is not told to a repository that may not have it', async () => {
    const parts = reachable();
    const { digest } = pushBlob(parts, 100);
    await pull(parts, digest);
    await parts.background.idle();
    assert.is(await parts.pullBlob.locate(BUSYBOX, digest), undefined);
  });

  it('is here where what is read is compared with its digest', async () => {
    const parts = reachable({ verification: 'onread' });
    const { digest } = pushBlob(parts, 100);
    await pull(parts, digest);
    await parts.background.idle();
    assert.is(await parts.pullBlob.locate(ALPINE, digest), undefined);
  });

  it('is here where the storage cannot tell, and for a storage that no client reaches', async () => {
    const parts = reachable();
    const { digest } = pushBlob(parts, 100);
    await pull(parts, digest);
    await parts.background.idle();
    parts.storage.broken.add('stat');
    assert.is(await parts.pullBlob.locate(ALPINE, digest), undefined);
    assert.is(parts.events.of('unreadable').length, 1);
    assert.is(await pullParts().pullBlob.locate(ALPINE, digest), undefined);
  });
});
