import type { Address } from '../adapters/http/listen.ts';
import type { MirrorServer } from '../adapters/http/server.ts';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import type { Logger } from '../adapters/telemetry/logger.ts';
import type { EventHub } from '../domain/event-hub.ts';
import type { StorageEngine } from '../domain/ports/storage-engine.ts';
import type { Upstream } from '../domain/ports/upstream.ts';
import type { Background } from '../domain/pull/background.ts';
import type { Transfers } from '../domain/pull/transfers.ts';
import type { Evictor } from '../domain/upkeep/evictor.ts';
import type { PullLog } from '../domain/upkeep/pull-log.ts';
import type { Config } from './config/config.ts';
import type { Reloads } from './reloads.ts';

export interface Parts {
  readonly config: Config;
  readonly storage: StorageEngine;
  readonly upstream: Upstream;
  readonly server: MirrorServer;
  readonly reloads: Reloads;
  readonly transfers: Transfers;
  readonly background: Background;
  readonly evictor: Evictor;
  readonly pullLog: PullLog;
  readonly events: EventHub;
  readonly logger: Logger;
}

/** What is said about a mirror that has started: where things are. */
export interface Started {
  readonly listen?: string;
  readonly mirrors: string;
  readonly storage: string;
}

/** Starts the parts in the order of their needs, and stops them in the reverse one. */
export class Lifecycle {
  readonly #parts: Parts;
  #stopping: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @throws StorageFailed if the storage cannot be used
   * @throws ListenFailed if the address cannot be listened on
   */
  async start(): Promise<Address> {
    const { storage, server } = this.#parts;
    await storage.start();
    const address = await server.listen();
    this.#begin();
    return address;
  }

  /**
   * As {@link start}, where a server of somebody else's listens and has the handler.
   *
   * @throws StorageFailed if the storage cannot be used
   */
  async startWithoutListening(): Promise<void> {
    await this.#parts.storage.start();
    this.#begin();
  }

  /** @param address where it listens; undefined if somebody else's server does */
  where(address: Address | undefined): Started {
    const { storage, upstream } = this.#parts;
    const listen = address === undefined ? {} : { listen: address.url };
    return { ...listen, mirrors: upstream.location, storage: storage.location };
  }

  #begin(): void {
    const { reloads, evictor, events } = this.#parts;
    events.listen((event) => evictor.hear(event));
    reloads.start();
    this.#probeUpstream();
    evictor.start();
  }

  /** An upstream that is down at the start is no reason not to serve what is here. */
  #probeUpstream(): void {
    const { upstream, logger } = this.#parts;
    upstream.probe().catch((error) => {
      if (this.#stopping !== undefined) return;
      const message = 'the upstream cannot be reached now; what is stored is served';
      logger.warn({ upstream: upstream.location, error: errorChain(error) }, message);
    });
  }

  /**
   * Lets running answers end within the configured time, keeps what has come whole, and gives up the
   * rest. A second call waits for the first.
   */
  stop(): Promise<void> {
    this.#stopping ??= awake(() => this.#stop());
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { config, storage, upstream, server, transfers, background, logger } = this.#parts;
    this.#parts.reloads.stop();
    const { evictor, pullLog } = this.#parts;
    const kept = evictor.stop();
    await server.drain(config.http.drainTimeoutMs);
    transfers.stop();
    await upstream.close().catch((error) => {
      logger.warn({ error: errorChain(error) }, 'the connections to the upstream did not close');
    });
    await background.idle();
    await kept;
    await pullLog.stop();
    await storage.close();
  }
}

/** How often it wakes up to nothing, in milliseconds. */
const HOURLY_MS = 60 * 60 * 1000;

/** With no socket left, what waits for a timer of the clock's would end with the process. */
async function awake<T>(act: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, HOURLY_MS);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}
