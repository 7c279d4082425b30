/**
 * How long it takes, and how much memory, to take stock of a million blobs and a hundred thousand
 * images and to plan what is to go: `npm run bench:plan`. Exit code 1 beyond the limits.
 */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Digest, digestOf } from '../../src/domain/digest.ts';
import { parseTag, type Tag } from '../../src/domain/reference.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import { type EvictionLimits, planEviction } from '../../src/domain/upkeep/eviction-plan.ts';
import { Inventory } from '../../src/domain/upkeep/inventory.ts';
import { seconds } from '../support/units.ts';

const BLOBS = 1_000_000;
const IMAGES = 100_000;
/** Of each image's own; with its manifest, and 12 that it shares, an image has 21 members. */
const OWN = 8;
const SHARED = 12;
const LAYER_BYTES = 30_000_000;
const MOST_MS = 10_000;
const MOST_MB = 300;

/** The same blob has the same digest each time, as a new string: nobody else holds on to it. */
function digest(number: number): Digest {
  return digestOf('sha256', createHash('sha256').update(String(number)).digest('hex'));
}

/** Numbers below IMAGES are manifests; then come images' own layers; the rest is shared. */
function membersOf(image: number): Digest[] {
  const own = Array.from({ length: OWN }, (_, at) => digest(IMAGES + image * OWN + at));
  const first = IMAGES * (1 + OWN);
  const shared = Array.from({ length: SHARED }, (_, at) =>
    digest(first + ((image * 7919 + at * 104_729) % (BLOBS - first))),
  );
  return [...own, ...shared];
}

function takeStock(): Inventory {
  const inventory = new Inventory();
  const tags: Tag[] = [parseTag('latest')];
  for (let blob = 0; blob < BLOBS; blob++) inventory.addBlob(digest(blob), LAYER_BYTES);
  for (let image = 0; image < IMAGES; image++) {
    inventory.addImage({
      repository: parseRepositoryName(`library/image-${image % 5000}`),
      digest: digest(image),
      tags,
      lastPullMs: (image * 7919) % 1_000_003,
      members: membersOf(image),
    });
  }
  return inventory;
}

interface Scene {
  readonly name: string;
  /** Of what is stored. */
  readonly budget: number;
  readonly ttlMs: number;
}

const SCENES: readonly Scene[] = [
  { name: 'within the budget', budget: 1, ttlMs: 0 },
  { name: 'a tenth has to go', budget: 0.9, ttlMs: 0 },
  { name: 'half has expired', budget: 1, ttlMs: 500_000 },
  { name: 'all has to go', budget: 0, ttlMs: 0 },
];

function plan(inventory: Inventory, { name, budget, ttlMs }: Scene): number {
  const maxBytes = inventory.totals.bytes * budget;
  const times = { ttlMs, nowMs: 1_000_003 };
  const limits: EvictionLimits = { maxBytes, lowWaterBytes: maxBytes, reservedBytes: 0, ...times };
  const begun = performance.now();
  const made = planEviction(inventory, limits, { isKept: () => false, isBusy: () => false });
  const tookMs = performance.now() - begun;
  console.log(`${name}: ${seconds(tookMs)}, ${made.delete.length} blobs go`);
  return tookMs;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** What is held: objects, and the arrays of numbers, which lie outside of the heap. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** As `node --expose-gc` would have it, without asking everybody for the option. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const before = heldBytes();
const begun = performance.now();
const inventory = takeStock();
console.log(
  `${BLOBS} blobs and ${IMAGES} images, made up and taken stock of: ${seconds(performance.now() - begun)}`,
);
const heldMb = megabytes(heldBytes() - before);
console.log(`the inventory holds ${heldMb} MB`);
const slowestMs = Math.max(...SCENES.map((scene) => plan(inventory, scene)));
const peakMb = megabytes(process.resourceUsage().maxRSS * 1024);
console.log(`the process at its largest, with Node and compiler: ${peakMb} MB`);
if (slowestMs > MOST_MS || heldMb > MOST_MB) process.exitCode = 1;
