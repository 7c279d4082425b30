import { ContainerModule } from 'inversify';
import type { Digest } from '../../domain/digest.ts';
import type { Transfers } from '../../domain/pull/transfers.ts';
import { AccessTimes } from '../../domain/upkeep/access-times.ts';
import { DeleteManifest } from '../../domain/upkeep/delete-manifest.ts';
import { Evictor, type EvictorPorts } from '../../domain/upkeep/evictor.ts';
import { learnFirstFetches } from '../../domain/upkeep/first-fetches.ts';
import { ListImages } from '../../domain/upkeep/list-images.ts';
import { type OneAtATimePorts, oneAtATime } from '../../domain/upkeep/one-at-a-time.ts';
import { Prune } from '../../domain/upkeep/prune.ts';
import { PullLog } from '../../domain/upkeep/pull-log.ts';
import { RemoveImage } from '../../domain/upkeep/remove-image.ts';
import { RemoveOrphans } from '../../domain/upkeep/remove-orphans.ts';
import { SharedArrivals } from '../../domain/upkeep/shared-arrivals.ts';
import { Stock } from '../../domain/upkeep/stock.ts';
import { TakeInventory } from '../../domain/upkeep/take-inventory.ts';
import { TOKENS } from '../tokens.ts';

/** What looks after the storage. */
export const upkeepModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.accessTimes).toResolvedValue(() => new AccessTimes(), []);
  bind(t.pullLog).toResolvedValue(
    (times, { records }, clock, events, background) =>
      new PullLog({ times, records, clock, events, background }),
    [t.accessTimes, t.storage, t.clock, t.events, t.background],
  );
  bind(t.takeInventory).toResolvedValue(
    (storage, links, times, clock, events) =>
      new TakeInventory({ storage, links, times, clock, events }),
    [t.storage, t.links, t.accessTimes, t.clock, t.events],
  );
  bind(t.listImages).toResolvedValue(
    (storage, takeInventory, times, { cache }) => {
      const prepare = (): Promise<void> => learnFirstFetches(storage.records, times, cache.ttlMs);
      return new ListImages({ storage, takeInventory, times, prepare });
    },
    [t.storage, t.takeInventory, t.accessTimes, t.config],
  );
  bind(t.removeImage).toResolvedValue(
    (links, tags, shelf, stored, times, clock, transfers) =>
      new RemoveImage({ links, tags, shelf, stored, times, clock }, busyIn(transfers)),
    [t.links, t.tags, t.shelf, t.storedBlobs, t.accessTimes, t.clock, t.transfers],
  );
  bind(t.removeOrphans).toResolvedValue(
    (links, stored, transfers) => new RemoveOrphans({ links, stored }, busyIn(transfers)),
    [t.links, t.storedBlobs, t.transfers],
  );
  bind(t.prune).toResolvedValue(
    (config, storage, takeInventory, removeImage, removeOrphans, times, ...rest) => {
      const [pullLog, clock, events, leases] = rest;
      const { records } = storage;
      const exclusively = exclusivelyBy({ leases, clock });
      const prepare = (): Promise<void> => learnFirstFetches(records, times, config.cache.ttlMs);
      const ports = { storage, records, takeInventory, removeImage, removeOrphans, times };
      return new Prune({ ...ports, pullLog, clock, events, exclusively, prepare }, config.cache);
    },
    [
      t.config,
      t.storage,
      t.takeInventory,
      t.removeImage,
      t.removeOrphans,
      t.accessTimes,
      t.pullLog,
      t.clock,
      t.events,
      t.leases,
    ],
  );
  bind(t.stock).toResolvedValue(
    (takeInventory, times, shelf, links, clock, events) =>
      new Stock({ takeInventory, times, shelf, links, clock, events }),
    [t.takeInventory, t.accessTimes, t.shelf, t.links, t.clock, t.events],
  );
  bind(t.deleteManifest).toResolvedValue(
    (stock, takeInventory, removeImage, tags, links, shelf, pullLog, events) =>
      new DeleteManifest({
        stock,
        takeInventory,
        removeImage,
        tags,
        links,
        shelf,
        pullLog,
        events,
      }),
    [t.stock, t.takeInventory, t.removeImage, t.tags, t.links, t.shelf, t.pullLog, t.events],
  );
  bind(t.evictor).toResolvedValue(
    (config, storage, stock, removeImage, removeOrphans, times, pullLog, transfers, ...rest) => {
      const [admission, background, clock, events, leases] = rest;
      const exclusively = exclusivelyBy({ leases, clock });
      const { records } = storage;
      const prepare = (): Promise<void> => learnFirstFetches(records, times, config.cache.ttlMs);
      const arrivals = new SharedArrivals(records, storage.owners);
      const ports = {
        storage,
        records,
        stock,
        arrivals,
        removeImage,
        removeOrphans,
        times,
        pullLog,
      };
      return new Evictor(
        { ...ports, transfers, admission, background, clock, events, exclusively, prepare },
        config.cache,
      );
    },
    [
      t.config,
      t.storage,
      t.stock,
      t.removeImage,
      t.removeOrphans,
      t.accessTimes,
      t.pullLog,
      t.transfers,
      t.admission,
      t.background,
      t.clock,
      t.events,
      t.leases,
    ],
  );
});

function exclusivelyBy(ports: OneAtATimePorts): EvictorPorts['exclusively'] {
  return (...args) => oneAtATime(ports, ...args);
}

function busyIn(transfers: Transfers): (digest: Digest) => boolean {
  return (digest) => transfers.get(digest) !== undefined;
}
