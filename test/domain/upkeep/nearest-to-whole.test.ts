import * as assert from 'uvu/assert';
import { Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { nearestToWhole } from '../../../src/domain/upkeep/nearest-to-whole.ts';
import { digestNamed } from '../../support/bytes.ts';
import { ALPINE } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

/** Images of the named members, of which those in capitals are here. */
function inventoryOf(...images: string[][]): Inventory {
  const inventory = new Inventory();
  for (const [manifest = '', ...members] of images) {
    inventory.addImage({
      repository: ALPINE,
      digest: digestNamed(manifest),
      tags: [],
      lastPullMs: 0,
      members: members.map(digestNamed),
    });
    for (const name of [manifest, ...members]) {
      if (name !== name.toUpperCase()) continue;
      inventory.addBlob({ digest: digestNamed(name), size: 1, sinceMs: 0 });
    }
  }
  return inventory;
}

function nearest(inventory: Inventory, ...waiting: string[]): unknown {
  return nearestToWhole(inventory, waiting.map(digestNamed));
}

testSuite('whose turn it is', (it) => {
  it('is that of a blob whose image lacks the fewest', () => {
    const inventory = inventoryOf(['X', 'a', 'b'], ['Y', 'BASE', 'c'], ['Z', 'd', 'e', 'f']);
    assert.is(nearest(inventory, 'a', 'd', 'c', 'b'), digestNamed('c'));
  });

  it('is that of the first of equals', () => {
    const inventory = inventoryOf(['X', 'a', 'b'], ['Y', 'c', 'd']);
    assert.is(nearest(inventory, 'd', 'a', 'b'), digestNamed('d'));
  });

  it('counts for a shared blob the image that lacks the fewest', () => {
    const inventory = inventoryOf(['X', 'a', 'b'], ['Y', 'c', 'd', 'e'], ['Z', 'd']);
    assert.is(nearest(inventory, 'a', 'd'), digestNamed('d'));
  });

  it('is that of the first when no image is known to need any', () => {
    assert.is(nearest(inventoryOf(), 'a', 'b'), digestNamed('a'));
    assert.is(nearest(inventoryOf(['X', 'c']), 'a', 'c'), digestNamed('c'));
  });

  it('is nobody’s when none waits', () => {
    assert.is(nearest(inventoryOf(['X', 'a'])), undefined);
  });
});
