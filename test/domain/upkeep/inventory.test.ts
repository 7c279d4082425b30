import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../../src/domain/digest.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { testSuite } from '../../support/suite.ts';

const REPOSITORY = parseRepositoryName('library/alpine');

function digest(number: number): Digest {
  return digestOf('sha256', number.toString(16).padStart(64, '0'));
}

function addImage(inventory: Inventory, number: number, members: number[]): void {
  inventory.addImage({
    repository: REPOSITORY,
    digest: digest(number),
    tags: [parseTag(`v${number}`)],
    lastPullMs: number,
    members: members.map(digest),
  });
}

function membersOf(inventory: Inventory, index: number): Digest[] {
  return Array.from(inventory.membersOf(index), (id) => inventory.digestOf(id));
}

testSuite('an inventory', (it) => {
  it('is empty at first', () => {
    const inventory = new Inventory();
    assert.equal(inventory.totals, { images: 0, blobs: 0, bytes: 0 });
    assert.equal([...inventory.orphans()], []);
  });

  it('counts a blob once, by its last size', () => {
    const inventory = new Inventory();
    inventory.addBlob(digest(1), 10);
    inventory.addBlob(digest(1), 7);
    inventory.addBlob(digest(2), 0);
    assert.equal(inventory.totals, { images: 0, blobs: 2, bytes: 7 });
  });

  it('counts what several images need once', () => {
    const inventory = new Inventory();
    for (const number of [1, 2, 3]) inventory.addBlob(digest(number), 100);
    addImage(inventory, 1, [1, 3]);
    addImage(inventory, 2, [2, 3]);
    assert.equal(inventory.totals, { images: 2, blobs: 3, bytes: 300 });
  });

  it('does not count what an image needs and is not stored', () => {
    const inventory = new Inventory();
    addImage(inventory, 1, [2]);
    assert.equal(inventory.totals, { images: 1, blobs: 0, bytes: 0 });
    assert.equal(membersOf(inventory, 0), [digest(1), digest(2)]);
    assert.is(inventory.sizeOf(0), undefined);
    inventory.addBlob(digest(2), 5);
    assert.equal(inventory.totals, { images: 1, blobs: 1, bytes: 5 });
  });

  it('knows an image as it was added, without its members', () => {
    const inventory = new Inventory();
    addImage(inventory, 1, [2]);
    assert.equal(inventory.images, [
      { repository: REPOSITORY, digest: digest(1), tags: ['v1'], lastPullMs: 1 },
    ]);
  });

  it('has the image itself first among its members, and none twice', () => {
    const inventory = new Inventory();
    addImage(inventory, 1, [5, 4, 5, 1]);
    addImage(inventory, 2, []);
    assert.equal(membersOf(inventory, 0), [1, 5, 4].map(digest));
    assert.equal(membersOf(inventory, 1), [digest(2)]);
    assert.equal([...inventory.needs()], [1, 1, 1, 1]);
  });

  it('gives the stored blobs that no image needs', () => {
    const inventory = new Inventory();
    addImage(inventory, 1, [2]);
    for (const number of [1, 2, 3, 4]) inventory.addBlob(digest(number), number);
    assert.equal(
      [...inventory.orphans()],
      [
        { digest: digest(3), size: 3 },
        { digest: digest(4), size: 4 },
      ],
    );
  });

  it('has no blob without a number', () => {
    assert.throws(() => new Inventory().digestOf(0), /there is no blob 0/);
  });

  it('finds everything again, however much there is', () => {
    const sets = fc.array(fc.array(fc.nat(5000), { maxLength: 40 }), { maxLength: 200 });
    fc.assert(
      fc.property(sets, (images) => {
        const inventory = new Inventory();
        for (const [index, members] of images.entries()) addImage(inventory, index, members);
        for (const [index, members] of images.entries()) {
          const wanted = [...new Set([index, ...members])].map(digest);
          assert.equal(membersOf(inventory, index), wanted);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('holds two thousand blobs of more than 4 GiB each', () => {
    const inventory = new Inventory();
    for (let number = 0; number < 2000; number++) inventory.addBlob(digest(number), 2 ** 33);
    assert.is(inventory.totals.bytes, 2000 * 2 ** 33);
    assert.is(inventory.sizeOf(1999), 2 ** 33);
  });
});
