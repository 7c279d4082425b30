import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import { accessKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import { atATime } from './at-a-time.ts';
import { Inventory } from './inventory.ts';
import { RepositoryScan } from './repository-scan.ts';

export interface TakeInventoryPorts {
  readonly storage: StorageEngine;
  readonly links: RepositoryLinks;
  /** Learns what other processes, and earlier ones, have written down. */
  readonly times: AccessTimes;
  readonly clock: Clock;
  readonly events: Events;
}

/** How many are looked at together: those who pull meanwhile must not have to wait for it. */
const REPOSITORIES_AT_A_TIME = 2;

/** After how many blobs whatever else waits for the processor gets its turn. */
const BREATH = 512;

/** Tells long work that nobody wants its result any more. */
export interface GiveUpSignal {
  readonly isGivenUp: boolean;
}

/** The work was given up. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

const GO_ON: GiveUpSignal = { isGivenUp: false };

/**
 * Finds out what is in storage, which may be in use: first the blobs, then the images that need
 * them. In this order a blob that comes meanwhile is not taken for one that no image needs.
 *
 * Beside the inventory it holds no more than the digests of one folder of blobs, and of the
 * repositories that it looks at just then.
 */
export class TakeInventory {
  readonly #ports: TakeInventoryPorts;

  constructor(ports: TakeInventoryPorts) {
    this.#ports = ports;
  }

  /**
   * @param signal whether it is given up
   * @throws StorageFailed if the storage cannot be listed
   * @throws GivenUp
   */
  async run(signal: GiveUpSignal = GO_ON): Promise<Inventory> {
    const inventory = new Inventory();
    await this.#blobs(inventory, signal);
    await atATime(REPOSITORIES_AT_A_TIME, this.#ports.links.repositories(), async (repository) => {
      if (signal.isGivenUp) throw new GivenUp();
      await this.lookAgain(inventory, repository);
    });
    return inventory;
  }

  /** Brings the inventory up to what is in one repository now, but for images that have gone. */
  async lookAgain(inventory: Inventory, repository: RepositoryName): Promise<void> {
    const { storage, times, clock } = this.#ports;
    const record = await storage.records.get(accessKey(repository));
    times.learn(repository, record, clock.now());
    await new RepositoryScan(this.#ports, inventory, repository).run();
  }

  async #blobs(inventory: Inventory, signal: GiveUpSignal): Promise<void> {
    const { storage, clock } = this.#ports;
    const nowMs = clock.now();
    let count = 0;
    for await (const { digest, size, storedAtMs = nowMs } of storage.blobs.list()) {
      inventory.addBlob({ digest, size, sinceMs: Math.min(storedAtMs, nowMs) });
      // Waits may end without the process having turned to anything else; a timer does not.
      if (++count % BREATH === 0) await pause(clock, 0);
      if (signal.isGivenUp) throw new GivenUp();
    }
  }
}
