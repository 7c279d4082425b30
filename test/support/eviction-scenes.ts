import * as fc from 'fast-check';
import type { Digest } from '../../src/domain/digest.ts';
import { parseTag, type Tag } from '../../src/domain/reference.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import type { HeldBlob } from '../../src/domain/upkeep/blob-ledger.ts';
import type { ImageFacts } from '../../src/domain/upkeep/inventory.ts';
import type { Limits } from '../../src/domain/upkeep/limits.ts';
import { digestNamed } from './bytes.ts';

/** A small cache, and what is asked of the planner. */
export interface Scene {
  readonly blobs: readonly HeldBlob[];
  readonly images: readonly ImageFacts[];
  readonly limits: Limits;
  readonly busy: readonly Digest[];
  /** Whether images with this tag are named, by an operator, as those that may go. */
  readonly onlyNamed: boolean;
}

const NOW_MS = 12;
const NAMES = ['library/a', 'library/b', 'c'].map(parseRepositoryName);
const LAYERS = Array.from('abcdefghij', digestNamed);
const MANIFESTS = Array.from('MNOPQ', digestNamed);
const ALL = [...MANIFESTS, ...LAYERS];
export const KEEP: Tag = parseTag('keep');
export const NAMED: Tag = parseTag('named');
const TAGS = [parseTag('1'), parseTag('2'), KEEP, NAMED];

const blob = (digest: Digest): fc.Arbitrary<HeldBlob> =>
  fc.record({
    digest: fc.constant(digest),
    size: fc.nat(20),
    sinceMs: fc.nat(NOW_MS + 2),
  });

/** Not all that images need is here. */
const BLOBS = fc
  .tuple(...ALL.map((digest) => fc.option(blob(digest), { nil: undefined, freq: 6 })))
  .map((some) => some.filter((one) => one !== undefined));

const IMAGE: fc.Arbitrary<ImageFacts> = fc.record({
  repository: fc.constantFrom(...NAMES),
  digest: fc.constantFrom(...MANIFESTS),
  tags: fc.subarray(TAGS),
  lastPullMs: fc.nat(NOW_MS + 2),
  members: fc.oneof({ weight: 4, arbitrary: fc.subarray(LAYERS) }, fc.subarray(ALL)),
});

const IMAGES = fc.uniqueArray(IMAGE, {
  maxLength: 10,
  selector: ({ repository, digest }) => `${repository}@${digest}`,
});

const LIMITS: fc.Arbitrary<Limits> = fc
  .record({
    maxBytes: fc.oneof(fc.nat(200), fc.constant(Number.POSITIVE_INFINITY)),
    lowWater: fc.double({ min: 0, max: 1, noNaN: true }),
    reservedBytes: fc.oneof(fc.constant(0), fc.nat(40)),
    ttlMs: fc.oneof(fc.constant(0), fc.nat(NOW_MS)),
    orphanGraceMs: fc.nat(NOW_MS),
    nowMs: fc.constant(NOW_MS),
  })
  .map(({ lowWater, ...rest }) => ({ ...rest, lowWaterBytes: share(rest.maxBytes, lowWater) }));

function share(maxBytes: number, lowWater: number): number {
  return Number.isFinite(maxBytes) ? Math.floor(maxBytes * lowWater) : maxBytes;
}

export const SCENES: fc.Arbitrary<Scene> = fc.record({
  blobs: BLOBS,
  images: IMAGES,
  limits: LIMITS,
  busy: fc.oneof(fc.constant([]), fc.subarray(ALL, { maxLength: 3 })),
  onlyNamed: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
});
