import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { ManifestUnknown } from '../../../src/domain/errors.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { image, index, layer } from '../../support/oci-image.ts';
import { ALPINE, BUSYBOX, ref } from '../../support/pull-parts.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { contents, described, type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const BASE = layer({ base: 'of all' });
const ONE = image({ layers: [BASE, layer({ name: 'one' })] });
const TWO = image({ layers: [BASE, layer({ name: 'two' })] });
const ABSENT = `sha256:${'0'.repeat(64)}`;

async function isUnknown(work: Promise<unknown>): Promise<void> {
  const error = await work.catch((cause: unknown) => cause);
  assert.instance(error, ManifestUnknown);
}

/** Pulls again, and tells how much was fetched for it. */
async function fetchedFor(parts: UpkeepParts, reference: string): Promise<number> {
  const { upstream } = parts;
  const before = upstream.count('fetchManifest') + upstream.count('fetchBlob');
  await pullImage(parts, reference);
  return upstream.count('fetchManifest') + upstream.count('fetchBlob') - before;
}

testSuite('deleting a manifest', (it) => {
  it('by its tag removes that tag, and nothing else', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, ONE, 'latest');
    const digest = await pullImage(parts, 'latest');
    parts.upstream.push(ALPINE, ONE, 'other');
    await pullImage(parts, 'other');
    await parts.deleteManifest.run(ALPINE, ref('latest'));
    assert.equal(await parts.tags.tags(ALPINE), ['other']);
    const { inventory } = await parts.stock.take({ isGivenUp: false });
    assert.equal(inventory.image(ALPINE, digest)?.tags, ['other']);
    assert.is(inventory.blobs.count, 4);
    assert.is(await fetchedFor(parts, 'latest'), 0);
    assert.equal(await parts.tags.tags(ALPINE), ['latest', 'other']);
  });

  it('by its only tag leaves it as an image without one', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, ONE, 'latest');
    const digest = await pullImage(parts, 'latest');
    await parts.stock.take({ isGivenUp: false });
    await parts.deleteManifest.run(ALPINE, ref('latest'));
    const { inventory } = await parts.stock.take({ isGivenUp: false });
    assert.equal(inventory.image(ALPINE, digest)?.tags, []);
    assert.not((await contents(parts)).some((key) => key.includes('/tags/')));
    await isUnknown(parts.deleteManifest.run(ALPINE, ref('latest')));
  });

  it('by its digest removes it with its tags, and the blobs that nothing else needs', async () => {
    const parts = upkeepParts();
    const other = upkeepParts();
    for (const each of [parts, other]) {
      each.upstream.push(BUSYBOX, TWO, 'latest');
      await pullImage(each, 'latest', BUSYBOX);
    }
    parts.upstream.push(ALPINE, ONE, 'one');
    const digest = await pullImage(parts, 'one');
    parts.upstream.push(ALPINE, ONE, 'first');
    await pullImage(parts, 'first');
    await parts.deleteManifest.run(ALPINE, ref(digest));
    assert.equal(await contents(parts), await contents(other));
    const [{ tags, bytes, why } = { tags: [], bytes: 0, why: '' }] = parts.events.of('evicted');
    assert.equal([[...tags].sort(), why], [['first', 'one'], 'deleted']);
    assert.ok(bytes > 0);
    await isUnknown(parts.deleteManifest.run(ALPINE, ref(digest)));
    // The layer that another repository has is here.
    assert.is(await fetchedFor(parts, 'one'), 3);
  });

  it('of an index removes what it lists', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, sampleImage('one'), 'latest');
    const digest = await pullImage(parts, 'latest');
    await parts.deleteManifest.run(ALPINE, ref(digest));
    assert.equal(await contents(parts), []);
  });

  it('that an index lists removes it alone', async () => {
    const parts = upkeepParts();
    const list = index([{ image: ONE }, { image: TWO }]);
    parts.upstream.push(ALPINE, list, 'latest');
    const digest = await pullImage(parts, 'latest');
    await pullImage(parts, TWO.manifest.digest);
    await parts.deleteManifest.run(ALPINE, ref(TWO.manifest.digest));
    const { inventory } = await parts.stock.take({ isGivenUp: false });
    const left = [...inventory.images()].map((each) => described(inventory, each));
    const members = [list.manifest, ONE.manifest, ONE.config, ...ONE.layers];
    assert.equal(left, [
      {
        repository: ALPINE,
        digest,
        tags: ['latest'],
        members: members.map((member) => member.digest).sort(),
      },
    ]);
    const blobs = (await contents(parts)).filter((key) => key.startsWith('sha256:'));
    assert.equal(blobs, members.map((member) => member.digest).sort());
    await isUnknown(parts.deleteManifest.run(ALPINE, ref(TWO.manifest.digest)));
    assert.is(await fetchedFor(parts, TWO.manifest.digest), 3);
  });

  it('that is not here is unknown, and changes nothing', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, ONE, 'latest');
    const digest = await pullImage(parts, 'latest');
    const before = await contents(parts);
    await isUnknown(parts.deleteManifest.run(ALPINE, ref('other')));
    await isUnknown(parts.deleteManifest.run(ALPINE, ref(ABSENT)));
    await isUnknown(parts.deleteManifest.run(BUSYBOX, ref('latest')));
    await isUnknown(parts.deleteManifest.run(BUSYBOX, ref(digest)));
    await isUnknown(parts.deleteManifest.run(ALPINE, ref(ONE.config.digest)));
    assert.equal(await contents(parts), before);
  });

  it('does it once when several ask at once', async () => {
    const parts = upkeepParts();
    const digests: Digest[] = [];
    for (const [tag, each] of [
      ['one', ONE],
      ['two', TWO],
    ] as const) {
      parts.upstream.push(ALPINE, each, tag);
      digests.push(await pullImage(parts, tag));
    }
    const asked = [...digests, ...digests].map((digest) =>
      parts.deleteManifest.run(ALPINE, ref(digest)).catch((cause: unknown) => cause),
    );
    for (const each of await Promise.all(asked)) {
      assert.ok(each === undefined || each instanceof ManifestUnknown);
    }
    assert.equal(await contents(parts), []);
  });
});
