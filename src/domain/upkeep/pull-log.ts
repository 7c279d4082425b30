import type { Digest } from '../digest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Background } from '../pull/background.ts';
import { accessKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { type AccessTimes, WRITTEN_EVERY_MS } from './access-times.ts';

export interface PullLogPorts {
  readonly times: AccessTimes;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly events: Events;
  readonly background: Background;
}

/** Writes down when manifests were pulled: behind everything else, and some time after. */
export class PullLog {
  readonly #ports: PullLogPorts;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(ports: PullLogPorts) {
    this.#ports = ports;
  }

  /** A manifest was served: a few look-ups in memory, and now and then a timer. */
  pulled(repository: RepositoryName, manifest: Digest): void {
    const { times, clock } = this.#ports;
    times.pulled(repository, manifest, clock.now());
    this.soon();
  }

  /** There may be something to write. */
  soon(): void {
    if (this.#isStopped) return;
    this.#cancel ??= this.#ports.clock.after(WRITTEN_EVERY_MS, () => this.#tick());
  }

  /** Writes all that is not written yet; what cannot be written is told, and lost. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#write(this.#ports.times.unwritten());
  }

  #tick(): void {
    this.#cancel = undefined;
    const { times, clock, background } = this.#ports;
    const write = async (): Promise<void> => {
      await this.#write(times.due(clock.now()));
      if (times.unwritten().length > 0) this.soon();
    };
    background.run(write, () => {}); // which tells of each by itself
  }

  async #write(repositories: readonly RepositoryName[]): Promise<void> {
    for (const repository of repositories) {
      await this.#writeOne(repository).catch((cause: unknown) => {
        this.#ports.times.keep(repository, this.#ports.clock.now());
        const what = 'when images were pulled';
        this.#ports.events.emit({ type: 'not-stored', repository, what, cause });
      });
    }
  }

  /** Others may have written it since: what they say stays in it. */
  async #writeOne(repository: RepositoryName): Promise<void> {
    const { records, times, clock } = this.#ports;
    const key = accessKey(repository);
    const merged = times.merge(repository, await records.get(key), clock.now());
    if (merged === undefined) await records.delete(key);
    else await records.put(key, merged);
  }
}
