import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { type ImageFacts, Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { digestNamed } from '../../support/bytes.ts';
import { ALPINE, BUSYBOX } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const LATEST = parseTag('latest');

function image(manifest: string, ...members: string[]): ImageFacts {
  return {
    repository: ALPINE,
    digest: digestNamed(manifest),
    tags: [LATEST],
    lastPullMs: 5,
    members: members.map(digestNamed),
  };
}

function blob(name: string, size: number): { digest: Digest; size: number; sinceMs: number } {
  return { digest: digestNamed(name), size, sinceMs: 0 };
}

/** Two images with a manifest of 1 byte and a layer of 10 each, and a base of 100 bytes. */
function two(): Inventory {
  const inventory = new Inventory();
  inventory.addImage(image('x', 'layer of x', 'base'));
  inventory.addImage(image('y', 'layer of y', 'base'));
  for (const name of ['x', 'y']) {
    inventory.addBlob(blob(name, 1));
    inventory.addBlob(blob(`layer of ${name}`, 10));
  }
  inventory.addBlob(blob('base', 100));
  return inventory;
}

function sizeOf(inventory: Inventory, manifest: string): unknown {
  const found = inventory.image(ALPINE, digestNamed(manifest));
  return found && inventory.sizeOf(found);
}

testSuite('an inventory', (it) => {
  it('counts each blob once', () => {
    const { blobs } = two();
    assert.is(blobs.count, 5);
    assert.is(blobs.bytes, 122);
  });

  it('tells how large an image is, and how much of that is its own', () => {
    assert.equal(sizeOf(two(), 'x'), { bytes: 111, ownBytes: 11 });
  });

  it('counts nothing for members that are not here', () => {
    const inventory = two();
    inventory.removeBlob(digestNamed('layer of x'));
    inventory.removeBlob(digestNamed('layer of x'));
    inventory.removeBlob(digestNamed('never seen'));
    assert.equal(sizeOf(inventory, 'x'), { bytes: 101, ownBytes: 1 });
    assert.is(inventory.blobs.count, 4);
    assert.is(inventory.blobs.bytes, 112);
  });

  it('holds what it is told of an image, and no other', () => {
    const inventory = two();
    const { repository, digest, tags, lastPullMs } = [...inventory.images()][0] ?? {};
    assert.equal([repository, digest, tags], [ALPINE, digestNamed('x'), [LATEST]]);
    assert.is(lastPullMs, 5);
    assert.is(inventory.image(BUSYBOX, digestNamed('x')), undefined);
    assert.is(inventory.image(ALPINE, digestNamed('never seen')), undefined);
    assert.is(inventory.image(ALPINE, digestNamed('base')), undefined);
  });

  it('takes the later of two sayings of a blob', () => {
    const inventory = two();
    inventory.addBlob(blob('base', 200));
    assert.is(inventory.blobs.count, 5);
    assert.is(inventory.blobs.bytes, 222);
  });

  it('takes the later of two sayings of an image, and its latest pull', () => {
    const inventory = two();
    inventory.addImage({ ...image('x', 'base', 'x', 'base'), tags: [], lastPullMs: 4 });
    assert.equal(sizeOf(inventory, 'x'), { bytes: 101, ownBytes: 1 });
    assert.is(inventory.blobs.needsOf(inventory.blobs.numberOf(digestNamed('layer of x'))), 0);
    const found = inventory.image(ALPINE, digestNamed('x'));
    assert.equal(found?.tags, []);
    assert.is(found?.lastPullMs, 5);
    assert.is([...inventory.images()].length, 2);
  });

  it('says what is free when an image goes', () => {
    const inventory = two();
    const { digest } = image('x');
    assert.equal(inventory.removeImage(ALPINE, digest), [digest, digestNamed('layer of x')]);
    assert.equal(inventory.removeImage(ALPINE, digest), []);
    assert.equal(inventory.removeImage(BUSYBOX, digest), []);
    assert.equal(sizeOf(inventory, 'y'), { bytes: 111, ownBytes: 111 });
    assert.is(inventory.removeImage(ALPINE, digestNamed('y')).length, 3);
    assert.equal([...inventory.images()], []);
  });

  it('frees nothing that is not here, or that another repository has too', () => {
    const inventory = two();
    inventory.addImage({ ...image('x', 'layer of x'), repository: BUSYBOX });
    assert.equal(inventory.removeImage(ALPINE, digestNamed('x')), []);
    inventory.removeBlob(digestNamed('layer of x'));
    assert.equal(inventory.removeImage(BUSYBOX, digestNamed('x')), [digestNamed('x')]);
  });

  it('knows more images and blobs than it has room for at first', () => {
    const inventory = new Inventory();
    for (let number = 0; number < 300; number++) {
      inventory.addImage(image(`manifest ${number}`, `layer ${number}`, 'base'));
      inventory.addBlob(blob(`layer ${number}`, number));
    }
    assert.is(inventory.blobs.count, 300);
    assert.is(inventory.blobs.bytes, (299 * 300) / 2);
    assert.equal(sizeOf(inventory, 'manifest 299'), { bytes: 299, ownBytes: 299 });
  });
});
