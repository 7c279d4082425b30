import { type Digest, digestOf } from '../../src/domain/digest.ts';
import { parseTag } from '../../src/domain/reference.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import { Inventory } from '../../src/domain/upkeep/inventory.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';

export const IMAGES = 100_000;
const BLOBS = 1_000_000;
/** Base layers, of which every image has some; a few of them are in very many images. */
const SHARED = 20_000;
const SHARED_IN_IMAGE = 6;
const ORPHANS = 10_000;
const OWN = BLOBS - SHARED - ORPHANS;
const REPOSITORIES = 5_000;

export const NOW_MS: number = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 3_600_000;
const MIB = 1024 ** 2;

/** A cache of {@link BLOBS} blobs, as facts come in from a scan; always the same. */
export function largeCache(): Inventory {
  const random = new SeededRandom(1);
  const inventory = new Inventory();
  const blob = (number: number): Digest => {
    const digest = digestNumbered(number);
    const size = 1 + random.below(number < SHARED ? 40 * MIB : 4 * MIB);
    inventory.addBlob({ digest, size, sinceMs: NOW_MS - random.below(90 * DAY_MS) });
    return digest;
  };
  for (let number = 0; number < SHARED + ORPHANS; number++) blob(number);
  let next = SHARED + ORPHANS;
  for (let image = 0; image < IMAGES; image++) {
    const own = Array.from({ length: ownMembers(image) }, () => blob(next++));
    const shared = Array.from({ length: SHARED_IN_IMAGE }, () =>
      digestNumbered(Math.floor(SHARED * random.next() ** 3)),
    );
    inventory.addImage({
      repository: parseRepositoryName(`library/image-${image % REPOSITORIES}`),
      digest: own[0] as Digest,
      tags: image % 3 === 0 ? [] : [parseTag(`1.${image}`)],
      lastPullMs: NOW_MS - random.below(60 * DAY_MS),
      members: [...own, ...shared],
    });
  }
  return inventory;
}

/** All together have {@link OWN}. */
function ownMembers(image: number): number {
  return Math.floor(((image + 1) * OWN) / IMAGES) - Math.floor((image * OWN) / IMAGES);
}

/** The digits of two bytes, so that the names take little of the time that is measured. */
const DIGITS = Array.from({ length: 65_536 }, (_, bytes) => bytes.toString(16).padStart(4, '0'));

/** Looks like a hash; the same for the same number. */
function digestNumbered(number: number): Digest {
  let encoded = '';
  for (let word = 0; word < 8; word++) {
    let mixed = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(word + 1, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    encoded += (DIGITS[mixed >>> 16] as string) + (DIGITS[mixed & 0xffff] as string);
  }
  return digestOf('sha256', encoded);
}
