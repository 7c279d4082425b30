import * as assert from 'uvu/assert';
import { NodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import { PullBlob } from '../../../src/domain/pull/pull-blob.ts';
import { StoredBlobs } from '../../../src/domain/pull/stored-blobs.ts';
import { pull, pushBlob } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { MapCache } from '../../support/map-cache.ts';
import { ALPINE, BUSYBOX, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

/** With memory for small blobs. */
function withMemory(parts: PullParts): PullBlob {
  const { storage, shelf, events, access, transfers, upstream } = parts;
  const memory = { sound: new MapCache<true>(), hot: new MapCache<Uint8Array>() };
  const ports = { blobs: storage.blobs, shelf, events, hasher: new NodeHasher(), ...memory };
  const stored = new StoredBlobs(ports, 'onread');
  return new PullBlob({ stored, access, shelf, transfers, upstream });
}

testSuite('a blob in memory', (it) => {
  it('is given to a repository that is known to have it, and to no other', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    await pull(parts, digest);
    await parts.background.idle();
    const pullBlob = withMemory(parts);
    assert.is(pullBlob.held(ALPINE, digest), undefined, 'it was not read yet');
    await readAll((await pullBlob.open(ALPINE, digest)).reader);
    const asked = parts.upstream.count('fetchBlob');
    const held = pullBlob.held(ALPINE, digest);
    assert.ok(held && sameBytes(held, bytes));
    assert.is(pullBlob.held(BUSYBOX, digest), undefined);
    assert.is(parts.upstream.count('fetchBlob'), asked, 'the upstream is not asked');
  });
});
