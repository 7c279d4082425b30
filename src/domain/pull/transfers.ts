import type { Digest } from '../digest.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { RepositoryLinks } from './repository-links.ts';
import type { Slots } from './slots.ts';
import { Transfer, type TransferPorts } from './transfer.ts';

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

  /** Starts a download that others can join. There must be none for this digest. */
  start(repository: RepositoryName, digest: Digest, expectedSize: number | undefined): Transfer {
    const transfer = new Transfer(this.#ports, repository, digest, expectedSize);
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
    const transfer = new Transfer(this.#ports, repository, digest, expectedSize);
    this.#apart.add(transfer);
    this.#run(transfer, () => this.#apart.delete(transfer));
    return transfer;
  }

  /** Lets every download end at its next interruption. */
  stop(): void {
    for (const transfer of [...this.#running.values(), ...this.#apart]) transfer.stop();
  }

  #run(transfer: Transfer, ended: () => void): void {
    const run = async (): Promise<void> => {
      const stored = await this.#ports.slots.run(() => transfer.run());
      if (stored) this.#committed++;
      ended();
      if (stored) await this.#link(transfer);
    };
    this.#ports.background.run(run, (cause) => this.#notLinked(transfer, cause));
  }

  async #link({ repositories, digest, size = 0 }: Transfer): Promise<void> {
    for (const repository of repositories) {
      await this.#ports.links.linkLayer(repository, digest);
      this.#ports.events.emit({ type: 'blob-stored', repository, digest, size });
    }
  }

  #notLinked({ repositories, digest }: Transfer, cause: unknown): void {
    for (const repository of repositories) {
      const what = `the link to blob ${digest}`;
      this.#ports.events.emit({ type: 'not-stored', repository, what, cause });
    }
  }
}
