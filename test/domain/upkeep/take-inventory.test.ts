import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { accessKey, revisionLinkKey, tagLinkKey } from '../../../src/domain/registry-layout.ts';
import { accessRecord } from '../../../src/domain/upkeep/access-record.ts';
import type { Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { encodeUtf8 } from '../../../src/domain/utf8.ts';
import { keep } from '../../support/blob-pulls.ts';
import { digestNamed, sha256, someBytes } from '../../support/bytes.ts';
import { pullImage } from '../../support/image-pulls.ts';
import { imageNamed } from '../../support/manifest-pulls.ts';
import { type Image, image, index, layer } from '../../support/oci-image.ts';
import { ALPINE, BUSYBOX, world } from '../../support/pull-parts.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { described, type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

function digestsOf({ manifest, config, layers }: Image): Digest[] {
  return [manifest, config, ...layers].map(({ digest }) => digest as Digest);
}

function all(inventory: Inventory): unknown[] {
  const images = Array.from(inventory.images(), (each) => described(inventory, each));
  return images.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function lastPull(inventory: Inventory, digest: Digest): number | undefined {
  return inventory.image(ALPINE, digest)?.lastPullMs;
}

async function tag(
  { storage }: UpkeepParts,
  name: string,
  digest: string,
  repository = ALPINE,
): Promise<void> {
  await storage.records.put(tagLinkKey(repository, name as never), encodeUtf8(digest));
}

testSuite('taking stock', (it) => {
  it('finds nothing in an empty storage', async () => {
    const inventory = await upkeepParts().takeInventory.run();
    assert.equal(all(inventory), []);
    assert.is(inventory.blobs.bytes, 0);
  });

  it('finds an image with its tags, and all that it needs', async () => {
    const parts = upkeepParts();
    const one = imageNamed('one');
    const digest = parts.upstream.push(ALPINE, one, '3.20', 'latest');
    for (const name of ['3.20', 'latest']) await pullImage(parts, name);
    const inventory = await parts.takeInventory.run();
    const members = digestsOf(one).sort();
    assert.equal(all(inventory), [
      { repository: ALPINE, digest, tags: ['3.20', 'latest'], members },
    ]);
    const sizes = [one.manifest, one.config, ...one.layers].map(({ bytes }) => bytes.byteLength);
    assert.is(
      inventory.blobs.bytes,
      sizes.reduce((sum, size) => sum + size),
    );
  });

  it('takes an index, and what is here of the images that it lists, for one image', async () => {
    const parts = upkeepParts();
    const sample = sampleImage('one');
    const digest = parts.upstream.push(ALPINE, sample, 'latest');
    await pullImage(parts, 'latest');
    const [first] = sample.images;
    assert.ok(first);
    const members = [digest, ...digestsOf(first)].sort();
    const inventory = await parts.takeInventory.run();
    assert.equal(all(inventory), [{ repository: ALPINE, digest, tags: ['latest'], members }]);
  });

  it('takes an image with a tag for one of its own, though an index lists it', async () => {
    const parts = upkeepParts();
    const sample = sampleImage('one');
    parts.upstream.push(ALPINE, sample, 'latest');
    await pullImage(parts, 'latest');
    const child = sample.images[0]?.manifest.digest as Digest;
    await tag(parts, 'amd64', child);
    const inventory = await parts.takeInventory.run();
    assert.equal([...inventory.images()].length, 2);
    assert.equal(inventory.image(ALPINE, child)?.tags, ['amd64']);
  });

  it('goes down through indexes of indexes', async () => {
    const parts = upkeepParts();
    const inner = sampleImage('inner');
    const outer = index([{ image: { ...(inner.images[0] as Image), manifest: inner.manifest } }]);
    parts.upstream.push(ALPINE, inner);
    const digest = parts.upstream.pushManifest(ALPINE, outer.manifest, 'latest');
    await pullImage(parts, 'latest');
    const members = [digest, inner.manifest.digest, ...digestsOf(inner.images[0] as Image)];
    const inventory = await parts.takeInventory.run();
    assert.equal(all(inventory), [
      { repository: ALPINE, digest, tags: ['latest'], members: members.sort() },
    ]);
  });

  it('tells the images of one repository from those of others, and counts a blob once', async () => {
    const parts = upkeepParts();
    const one = imageNamed('one');
    for (const repository of [ALPINE, BUSYBOX]) {
      parts.upstream.push(repository, one, 'latest');
      await pullImage(parts, 'latest', repository);
    }
    const inventory = await parts.takeInventory.run();
    assert.is([...inventory.images()].length, 2);
    assert.is(inventory.blobs.count, 3);
    for (const { members } of inventory.images()) {
      for (const blob of members) assert.is(inventory.blobs.needsOf(blob), 2);
    }
  });

  it('finds an image that has a tag and no link, as the registry leaves it', async () => {
    const parts = upkeepParts();
    const one = imageNamed('one');
    const digest = parts.upstream.push(ALPINE, one, 'latest');
    await pullImage(parts, 'latest');
    await parts.storage.records.delete(revisionLinkKey(ALPINE, digest));
    const inventory = await parts.takeInventory.run();
    assert.is(inventory.image(ALPINE, digest)?.members.length, 3);
  });

  it('finds what no image needs, and since when it is here', async () => {
    const parts = upkeepParts();
    const bytes = someBytes(1000);
    const digest = sha256(bytes);
    const storedAtMs = parts.clock.now();
    await keep(parts, digest, bytes);
    parts.clock.advance(5000);
    const { blobs } = await parts.takeInventory.run();
    const blob = blobs.digests.find(digest);
    assert.is(blobs.sinceMs(blob), storedAtMs);
    assert.is(blobs.needsOf(blob), 0);
  });

  it('passes over broken links, and over what is no manifest', async () => {
    const parts = upkeepParts();
    await tag(parts, 'broken', 'sha256:');
    await tag(parts, 'gone', digestNamed('gone'));
    const bytes = someBytes(1000);
    await keep(parts, sha256(bytes), bytes);
    await tag(parts, 'junk', sha256(bytes));
    const inventory = await parts.takeInventory.run();
    const members = [digestNamed('gone'), sha256(bytes)];
    assert.equal(Array.from(inventory.images(), (each) => each.digest).sort(), [...members].sort());
    for (const each of inventory.images()) assert.is(each.members.length, 1);
  });

  it('lets a manifest that cannot be read need all that its repository has', async () => {
    const parts = upkeepParts();
    const one = imageNamed('one');
    const digest = parts.upstream.push(ALPINE, one, 'latest');
    await pullImage(parts, 'latest');
    parts.storage.broken.add('open');
    const inventory = await parts.takeInventory.run();
    assert.is(inventory.image(ALPINE, digest)?.members.length, 3);
    assert.equal(parts.events.types.at(-1), 'unreadable');
  });

  it('fails if the storage cannot be listed', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, imageNamed('one'), 'latest');
    await pullImage(parts, 'latest');
    parts.storage.broken.add('get');
    await rejects(parts.takeInventory.run(), StorageFailed);
  });

  it('looks at many repositories and manifests', async () => {
    const parts = upkeepParts();
    const base = layer({ base: 'of all' });
    for (let number = 0; number < 60; number++) {
      const one = image({ layers: [base, layer({ number: String(number) })] });
      const repository = `many/n${number % 7}` as typeof ALPINE;
      parts.upstream.push(repository, one, `v${number}`);
      await pullImage(parts, `v${number}`, repository);
    }
    const inventory = await parts.takeInventory.run();
    assert.is([...inventory.images()].length, 60);
    const shared = inventory.blobs.digests.find(base.digest as Digest);
    assert.is(inventory.blobs.needsOf(shared), 60);
  });
});

testSuite('the last pull in an inventory', (it) => {
  it('is when the image came, if nobody knows more', async () => {
    const parts = upkeepParts();
    const digest = parts.upstream.push(ALPINE, imageNamed('one'), 'latest');
    const cameAtMs = parts.clock.now();
    await pullImage(parts, 'latest');
    parts.clock.advance(60_000);
    assert.is(lastPull(await parts.takeInventory.run(), digest), cameAtMs);
  });

  it('is what a record in storage says, or what is in memory, if that is later', async () => {
    const same = world();
    const parts = upkeepParts({}, same);
    const digest = parts.upstream.push(ALPINE, imageNamed('one'), 'latest');
    await pullImage(parts, 'latest');
    const [earlier, later] = [parts.clock.now() + 1000, parts.clock.now() + 2000];
    parts.clock.advance(10_000);
    await parts.storage.records.put(accessKey(ALPINE), accessRecord([[digest, earlier]]));
    assert.is(lastPull(await parts.takeInventory.run(), digest), earlier);
    parts.times.pulled(ALPINE, digest, later);
    assert.is(lastPull(await parts.takeInventory.run(), digest), later);
  });

  it('of an index is that of any manifest that belongs to it', async () => {
    const parts = upkeepParts();
    const sample = sampleImage('one');
    const digest = parts.upstream.push(ALPINE, sample, 'latest');
    await pullImage(parts, 'latest');
    const child = sample.images[0]?.manifest.digest as Digest;
    const nowMs = parts.clock.now();
    parts.times.pulled(ALPINE, digest, nowMs + 10);
    parts.times.pulled(ALPINE, child, nowMs + 20);
    parts.clock.advance(1000);
    assert.is(lastPull(await parts.takeInventory.run(), digest), nowMs + 20);
  });
});
