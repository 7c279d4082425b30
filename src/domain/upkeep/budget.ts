import type { Capacity } from '../ports/storage-engine.ts';
import { type ByteSize, bytesOf } from './byte-size.ts';
import type { Limits } from './limits.ts';

/** What an operator allows. */
export interface Budget {
  /** A share is one of the medium; where that has no bounds, neither has the cache. */
  readonly maxSize: ByteSize;
  /** A share is one of `maxSize`. */
  readonly lowWater: ByteSize;
  /** 0 for never. */
  readonly ttlMs: number;
}

/** What downloads will take, and what of it they have taken already. */
export interface UnderWay {
  readonly bytes: number;
  readonly stagedBytes: number;
}

/** How things stand. */
export interface Standing {
  /** What is in storage. */
  readonly storedBytes: number;
  readonly underWay: UnderWay;
  /** Undefined if nobody knows. */
  readonly capacity: Capacity | undefined;
  readonly nowMs: number;
}

/**
 * How long a blob is spared that no image needs. Clients ask for a manifest first, but another
 * process may not have stored it yet, or its storing may have failed. Where something has to go,
 * rather that than an image.
 */
export const ORPHAN_GRACE_MS = { usual: 3_600_000, overBudget: 5_000 };

/** What stays free on the medium, so that it is never quite full: the least of these. */
const KEPT_FREE = { bytes: 1024 ** 3, ofMedium: 0.01, ofCache: 0.1 };

/**
 * The limits that hold at this moment. The cache never counts on room that the medium does not
 * have, because something else fills it; then it makes way for its own downloads.
 */
export function limitsOf(budget: Budget, standing: Standing): Limits {
  const { underWay, nowMs } = standing;
  const wanted = bytesOf(budget.maxSize, standing.capacity?.totalBytes ?? Number.POSITIVE_INFINITY);
  const maxBytes = Math.max(0, Math.min(wanted, roomFor(standing)));
  const isOver = standing.storedBytes + underWay.bytes > maxBytes;
  return {
    maxBytes,
    lowWaterBytes: Math.floor(maxBytes * lowWaterShare(budget, wanted)),
    reservedBytes: underWay.bytes,
    ttlMs: budget.ttlMs,
    orphanGraceMs: isOver ? ORPHAN_GRACE_MS.overBudget : ORPHAN_GRACE_MS.usual,
    nowMs,
  };
}

/** How much the cache could take in all, with downloads at their end. */
function roomFor({ storedBytes, underWay, capacity }: Standing): number {
  if (capacity === undefined) return Number.POSITIVE_INFINITY;
  const { totalBytes, freeBytes } = capacity;
  const keptFree = Math.min(
    KEPT_FREE.bytes,
    totalBytes * KEPT_FREE.ofMedium,
    storedBytes * KEPT_FREE.ofCache,
  );
  return Math.floor(storedBytes + underWay.stagedBytes + freeBytes - keptFree);
}

function lowWaterShare({ lowWater }: Budget, maxBytes: number): number {
  if (lowWater.kind === 'share') return lowWater.share;
  return Math.min(1, lowWater.bytes / maxBytes);
}
