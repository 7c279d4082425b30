import type { Digest } from '../../src/domain/digest.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { AccessTimes } from '../../src/domain/upkeep/access-times.ts';
import type { Inventory } from '../../src/domain/upkeep/inventory.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { NOW_MS } from './large-cache.ts';

interface Names {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

export interface Noting {
  readonly nanoseconds: number;
  /** What is left on the heap. */
  readonly bytes: number;
}

const PULLS = 2_000_000;

/**
 * What it costs to note the pull of an image that is known already, on the average, when `count` of
 * them are pulled by chance.
 */
export function notePulls(inventory: Inventory, count: number): Noting {
  const times = new AccessTimes();
  const images: Names[] = Array.from(inventory.images(), ({ repository, digest }) => ({
    repository,
    digest,
  }));
  const random = new SeededRandom(2);
  const order = new Uint32Array(PULLS).map(() => random.below(count));
  const note = (round: number): void => {
    for (let pull = 0; pull < PULLS; pull++) {
      const { repository, digest } = images[order[pull] as number] as Names;
      times.pulled(repository, digest, NOW_MS + round * PULLS + pull);
    }
  };
  note(0);
  note(1); // compiled by now
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  note(2);
  const nanoseconds = ((performance.now() - start) * 1e6) / PULLS;
  return { nanoseconds, bytes: (process.memoryUsage().heapUsed - heap) / PULLS };
}
