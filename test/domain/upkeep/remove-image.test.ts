import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { layerLinkKey, revisionLinkKey, tagLinkKey } from '../../../src/domain/registry-layout.ts';
import { encodeUtf8 } from '../../../src/domain/utf8.ts';
import { whileTimePasses } from '../../support/blob-pulls.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { imageNamed, isMissing } from '../../support/manifest-pulls.ts';
import { type Image, image, index, layer } from '../../support/oci-image.ts';
import { ALPINE, BUSYBOX, ref } from '../../support/pull-parts.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { contents, remove, type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const BASE = layer({ base: 'of all' });

function onBase(name: string): Image {
  return image({ layers: [BASE, layer({ name })] });
}

async function pulled(
  parts: UpkeepParts,
  pushed: Parameters<UpkeepParts['upstream']['push']>[1],
  tag: string,
  repository = ALPINE,
): Promise<Digest> {
  parts.upstream.push(repository, pushed, tag);
  return pullImage(parts, tag, repository);
}

/** A second time, which must ask for all of it again. */
async function pulledAgain(parts: UpkeepParts, tag: string): Promise<number> {
  const before = parts.upstream.count('fetchManifest') + parts.upstream.count('fetchBlob');
  await pullImage(parts, tag);
  return parts.upstream.count('fetchManifest') + parts.upstream.count('fetchBlob') - before;
}

testSuite('removing an image', (it) => {
  it('leaves nothing of the only one', async () => {
    const parts = upkeepParts();
    const digest = await pulled(parts, sampleImage('one'), 'latest');
    const removed = await remove(parts, digest);
    assert.ok(removed);
    assert.equal(await contents(parts), []);
    assert.equal([removed.repository, removed.digest, removed.tags], [ALPINE, digest, ['latest']]);
    assert.is(removed.blobs, 5);
    assert.ok(removed.bytes > 500);
  });

  it('leaves all that another one needs, in the same repository or another', async () => {
    for (const repository of [ALPINE, BUSYBOX]) {
      const parts = upkeepParts();
      const one = await pulled(parts, onBase('one'), 'one');
      await pulled(parts, onBase('two'), 'two', repository);
      const other = upkeepParts();
      await pulled(other, onBase('two'), 'two', repository);
      await remove(parts, one);
      assert.equal(await contents(parts), await contents(other));
    }
  });

  it('leaves the manifests that another index lists, or that have a tag', async () => {
    const parts = upkeepParts();
    const [shared, own] = [imageNamed('shared'), imageNamed('own')];
    const one = await pulled(parts, index([{ image: shared }, { image: own }]), 'one');
    await pullImage(parts, own.manifest.digest);
    await pulled(parts, index([{ image: shared }]), 'two');
    await remove(parts, one);
    assert.ok(await parts.links.hasRevision(ALPINE, shared.manifest.digest as Digest));
    assert.not(await parts.links.hasRevision(ALPINE, own.manifest.digest as Digest));
    assert.not(await isMissing(parts, shared.layers[0]?.digest as Digest));
    assert.ok(await isMissing(parts, own.layers[0]?.digest as Digest));
  });

  it('lets nobody find it in memory: the next pull fetches all of it', async () => {
    const parts = upkeepParts();
    const digest = await pulled(parts, sampleImage('one'), 'latest');
    assert.is(await pulledAgain(parts, 'latest'), 0);
    await remove(parts, digest);
    assert.is(await pulledAgain(parts, 'latest'), 5);
    assert.is(await pulledAgain(parts, 'latest'), 0);
    const same = { clock: parts.clock, upstream: parts.upstream, storage: parts.storage };
    assert.is(await pulledAgain(upkeepParts({}, same), 'latest'), 0);
  });

  it('leaves a tag that points to another one by now, and nothing of the old one in it', async () => {
    const parts = upkeepParts();
    const old = await pulled(parts, onBase('old'), 'latest');
    await pulled(parts, onBase('new'), 'latest');
    const other = upkeepParts();
    await pulled(other, onBase('new'), 'latest');
    const removed = await remove(parts, old);
    assert.equal(removed?.tags, []);
    assert.equal(await contents(parts), await contents(other));
    parts.upstream.outage = undefined;
    assert.is(await pulledAgain(parts, 'latest'), 0);
  });

  it('removes what the tag pointed to before, too', async () => {
    const parts = upkeepParts();
    const old = await pulled(parts, onBase('old'), 'latest');
    const latest = await pulled(parts, onBase('new'), 'latest');
    await remove(parts, latest);
    await remove(parts, old);
    assert.equal(await contents(parts), []);
  });

  it('removes links to blobs that no manifest lists with the last image of a repository', async () => {
    const parts = upkeepParts();
    const one = await pulled(parts, onBase('one'), 'one');
    const stray = layerLinkKey(ALPINE, BASE.digest.replace(/..$/, '00') as Digest);
    await parts.storage.records.put(stray, encodeUtf8('x'));
    await remove(parts, one);
    assert.equal(await contents(parts), []);
  });

  it('removes an image of which no more is left than a tag', async () => {
    const parts = upkeepParts();
    const one = await pulled(parts, onBase('one'), 'one');
    await parts.storage.records.delete(revisionLinkKey(ALPINE, one));
    await parts.storage.blobs.delete(one);
    await remove(parts, one);
    assert.is(await parts.storage.records.get(tagLinkKey(ALPINE, 'one' as never)), undefined);
  });

  it('spares the blob that is being downloaded', async () => {
    const parts = upkeepParts();
    const one = onBase('one');
    const digest = await pulled(parts, one, 'one');
    const blob = one.layers[1]?.digest as Digest;
    parts.upstream.script = { answerAfterMs: 1000 };
    const reader = parts.transfers
      .start({ repository: ALPINE, digest: blob, expectedSize: undefined, anew: true })
      .reader();
    await remove(parts, digest);
    assert.not(await isMissing(parts, blob));
    assert.ok(await isMissing(parts, BASE.digest as Digest));
    reader.close();
    await whileTimePasses(parts, parts.background.idle());
  });

  it('lets it stay if a client comes for it meanwhile', async () => {
    const parts = upkeepParts();
    const digest = await pulled(parts, sampleImage('one'), 'latest');
    const other = upkeepParts();
    await pulled(other, sampleImage('one'), 'latest');
    let client: Promise<unknown> | undefined;
    parts.storage.gates.set('delete', async () => {
      // The first that is removed is the tag, and the manifests are still to be had by digest.
      client ??= parts.pullManifest.get(ALPINE, ref(digest));
      await client;
    });
    assert.is(await remove(parts, digest), undefined);
    parts.storage.gates.clear();
    assert.is(await pulledAgain(parts, 'latest'), 0);
    assert.equal(await contents(parts), await contents(other));
  });

  it('forgets when it was pulled', async () => {
    const parts = upkeepParts();
    const digest = await pulled(parts, onBase('one'), 'one');
    parts.times.pulled(ALPINE, digest, parts.clock.now());
    await remove(parts, digest);
    assert.is(parts.times.lastPullMs(ALPINE, digest), undefined);
  });

  it('leaves no link that leads nowhere, wherever it breaks off', async () => {
    for (let count = 0; ; count++) {
      const parts = upkeepParts();
      const digest = await pulled(parts, onBase('one'), 'one');
      let left = count;
      const cut = async (): Promise<void> => {
        if (left-- <= 0) throw new StorageFailed('the power is cut');
      };
      for (const operation of ['delete', 'remove'] as const) {
        parts.storage.gates.set(operation, cut);
      }
      const isWhole = await remove(parts, digest).then(
        () => true,
        () => false,
      );
      parts.storage.gates.clear();
      for (const key of await contents(parts)) {
        const link = key.endsWith('/link') && (await parts.storage.records.get(key));
        if (link) assert.not(await isMissing(parts, Buffer.from(link).toString() as Digest), key);
      }
      await pullImage(upkeepParts({}, parts), 'one');
      if (!isWhole) continue;
      assert.ok(count > 10);
      return;
    }
  });
});
