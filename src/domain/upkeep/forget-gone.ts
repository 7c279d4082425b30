import type { ManifestShelf } from '../pull/manifest-shelf.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import type { AccessTimes } from './access-times.ts';
import type { Inventory } from './inventory.ts';

export interface ForgetGonePorts {
  readonly times: AccessTimes;
  readonly shelf: ManifestShelf;
  readonly links: RepositoryLinks;
}

/**
 * Another process has removed manifests that this one remembers: they are forgotten, so that they are
 * fetched, and stored, when somebody wants them. Else they would be served from memory, and the blobs
 * that come for them would be no image's.
 *
 * @param takenFromMs when the inventory was begun; what was pulled since may be on its way
 */
export function forgetGone(
  { times, shelf, links }: ForgetGonePorts,
  inventory: Inventory,
  takenFromMs: number,
): void {
  for (const [repository, manifest, pulledMs] of times.all()) {
    if (pulledMs >= takenFromMs || inventory.holds(manifest)) continue;
    shelf.forget(repository, manifest, []);
    links.forgetRevision(repository, manifest);
    times.forget(repository, manifest, takenFromMs);
  }
}
