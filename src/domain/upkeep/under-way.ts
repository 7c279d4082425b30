import type { Transfer } from '../pull/transfer.ts';
import type { UnderWay } from './budget.ts';
import type { Inventory } from './inventory.ts';

/**
 * What the downloads that have begun will put into the storage. One that still waits for its turn
 * takes nothing yet; one whose blob is stored already, and not yet linked, takes nothing more.
 */
export function underWay(
  transfers: Iterable<Transfer>,
  inventory: Inventory | undefined,
): UnderWay {
  const sum = { bytes: 0, stagedBytes: 0 };
  for (const { digest, size, stagedBytes } of transfers) {
    if (stagedBytes === undefined || inventory?.holds(digest) === true) continue;
    sum.bytes += Math.max(size ?? 0, stagedBytes);
    sum.stagedBytes += stagedBytes;
  }
  return sum;
}
