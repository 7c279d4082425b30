import type { Digest } from '../digest.ts';
import { SOLE_LEASES } from '../lease/sole-leases.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { RepositoryLinks } from './repository-links.ts';
import type { Slots } from './slots.ts';
import { Transfer, type TransferJob, type TransferPorts } from './transfer.ts';

export interface TransfersPorts extends TransferPorts {
  readonly links: RepositoryLinks;
  readonly background: Background;
  /** How many may run at a time; the others wait. */
  readonly slots: Slots;
}

/** The downloads that are under way, one for each digest. */
export class Transfers {
  readonly #ports: TransfersPorts;
  readonly #running = new Map<Digest, Transfer>();
  readonly #apart = new Set<Transfer>();
  #committed = 0;

  constructor(ports: TransfersPorts) {
    this.#ports = ports;
  }

  /** How many have put their blob into the storage so far. */
  get committed(): number {
    return this.#committed;
  }

  get(digest: Digest): Transfer | undefined {
    return this.#running.get(digest);
  }

  /** Those that can be joined. */
  running(): Iterable<Transfer> {
    return this.#running.values();
  }

  /** Starts a download that others can join. There must be none for this digest. */
  start(job: TransferJob): Transfer {
    const { digest } = job;
    const transfer = new Transfer(this.#ports, job);
    this.#running.set(digest, transfer);
    this.#run(transfer, () => this.#running.delete(digest));
    return transfer;
  }

  /** Starts a second download, for a reader that comes too late for one that cannot be stored. */
  startApart(
    repository: RepositoryName,
    digest: Digest,
    expectedSize: number | undefined,
  ): Transfer {
    const ports = { ...this.#ports, leases: SOLE_LEASES };
    const transfer = new Transfer(ports, { repository, digest, expectedSize, anew: true });
    this.#apart.add(transfer);
    this.#run(transfer, () => this.#apart.delete(transfer));
    return transfer;
  }

  /** Lets every download end at its next interruption. */
  stop(): void {
    for (const transfer of [...this.#running.values(), ...this.#apart]) transfer.stop();
  }

  /** It can be joined until its links are written: without one, the right to read would be asked. */
  #run(transfer: Transfer, ended: () => void): void {
    const { slots, background } = this.#ports;
    const run = async (): Promise<void> => {
      try {
        if (await slots.run(() => transfer.run())) await this.#link(transfer);
      } finally {
        ended();
        transfer.end();
      }
    };
    background.run(run, (cause) => this.#notLinked(transfer.origin, transfer.digest, cause));
  }

  async #link({ repositories, digest, size = 0 }: Transfer): Promise<void> {
    const { links, events } = this.#ports;
    this.#committed++;
    for (const repository of repositories) {
      try {
        await links.linkLayer(repository, digest);
        events.emit({ type: 'blob-stored', repository, digest, size });
      } catch (cause) {
        this.#notLinked(repository, digest, cause);
      }
    }
  }

  #notLinked(repository: RepositoryName, digest: Digest, cause: unknown): void {
    const what = `the link to blob ${digest}`;
    this.#ports.events.emit({ type: 'not-stored', repository, what, cause });
  }
}
