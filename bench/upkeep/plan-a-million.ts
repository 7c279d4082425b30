/**
 * Plans what is to go from a cache of a million blobs and a hundred thousand images, in one process
 * on one core, and prints how long that takes and how much memory it needs:
 *
 *     npm run bench:plan
 */
import { ImagePattern } from '../../src/domain/image-pattern.ts';
import { formatBytes } from '../../src/domain/upkeep/byte-size.ts';
import { digestsToDelete, planEviction } from '../../src/domain/upkeep/eviction-plan.ts';
import { isKeptBy } from '../../src/domain/upkeep/image-choice.ts';
import type { Inventory } from '../../src/domain/upkeep/inventory.ts';
import type { Limits } from '../../src/domain/upkeep/limits.ts';
import { seconds } from '../support/units.ts';
import { IMAGES, largeCache, NOW_MS } from './large-cache.ts';
import { notePulls } from './note-pulls.ts';

const DAY_MS = 24 * 3_600_000;

interface Timed<T> {
  readonly result: T;
  readonly time: string;
}

/** With the processor's own time, which says more where others use the machine too. */
function timed<T>(work: () => T): Timed<T> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { result, time: `${seconds(ms)} (CPU ${seconds((user + system) / 1000)})` };
}

/** What the heap and the arrays beside it hold, rubbish and all. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const UNLIMITED: Limits = {
  maxBytes: Number.POSITIVE_INFINITY,
  lowWaterBytes: Number.POSITIVE_INFINITY,
  reservedBytes: 0,
  ttlMs: 0,
  orphanGraceMs: DAY_MS,
  nowMs: NOW_MS,
};

function cases({ blobs: { bytes } }: Inventory): [what: string, limits: Limits][] {
  const budget = { ...UNLIMITED, maxBytes: bytes * 0.9 };
  return [
    ['nothing is to go but orphans', UNLIMITED],
    ['a tenth is over the budget', { ...budget, lowWaterBytes: bytes * 0.9 }],
    ['half is over the budget', { ...budget, lowWaterBytes: bytes * 0.5 }],
    ['all is too old', { ...UNLIMITED, ttlMs: 1 }],
  ];
}

const KEPT = ['library/image-7', 'library/image-1*:1.5*', 'grafana/**'].map((pattern) => {
  return new ImagePattern(pattern);
});

/** Reads all of the plan, as whoever carries it out does. */
function measure(inventory: Inventory, limits: Limits): string {
  const { result, time } = timed(() => {
    const plan = planEviction(inventory, limits, {
      isKept: (image) => isKeptBy(KEPT, image),
      isBusy: (digest) => digest.endsWith('0000'),
    });
    let deleted = 0;
    for (const _ of digestsToDelete(plan)) deleted++;
    return `deletes ${deleted} blobs, ${formatBytes(plan.bytesFreed)}`;
  });
  return `${time}, ${result}`;
}

const before = memory();
const residentBefore = process.memoryUsage().rss;
const { result: inventory, time } = timed(largeCache);
console.log(`taking stock of ${inventory.blobs.count} blobs and ${IMAGES} images: ${time}`);
console.log(`memory for that, rubbish and all: ${formatBytes(memory() - before)}`);
for (const [what, limits] of cases(inventory)) {
  console.log(`${what}: ${measure(inventory, limits)}`);
}
const most = process.resourceUsage().maxRSS * 1024;
const had = formatBytes(residentBefore);
console.log(`most memory of the process: ${formatBytes(most)}, ${had} of it before all this`);
for (const count of [1_000, IMAGES]) {
  const { nanoseconds, bytes } = notePulls(inventory, count);
  const cost = `${nanoseconds.toFixed(0)} ns, and ${bytes.toFixed(1)} bytes of memory`;
  console.log(`noting the pull of one of ${count} images: ${cost}`);
}
