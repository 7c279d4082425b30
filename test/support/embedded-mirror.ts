import type { BufferPool } from '../../src/adapters/http/buffer-pool.ts';
import { DEFAULT_OPTIONS, type HttpOptions } from '../../src/adapters/http/options.ts';
import { MirrorServer } from '../../src/adapters/http/server.ts';
import { createLogger } from '../../src/adapters/telemetry/logger.ts';
import { loadConfig } from '../../src/app/config/load-config.ts';
import { createContainer } from '../../src/app/container.ts';
import type { Lifecycle } from '../../src/app/lifecycle.ts';
import { TOKENS } from '../../src/app/tokens.ts';
import type { Clock } from '../../src/domain/ports/clock.ts';
import type { StorageEngine } from '../../src/domain/ports/storage-engine.ts';
import { SwiftClock } from './swift-clock.ts';

/** How much faster time passes for an embedded mirror. */
const FACTOR = 5;

export interface EmbeddedOptions {
  upstream: string;
  /** `REGISTRY_*` variables, without their prefix. */
  env?: Readonly<Record<string, string>> | undefined;
  /** In place of the configured one. */
  storage?: StorageEngine | undefined;
  /** In place of one that is faster than the machine's. */
  clock?: Clock | undefined;
  /** Serves HTTP with these in place of the configured ones. */
  http?: Partial<HttpOptions> | undefined;
}

/** A line of the log. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** The mirror in the test's own process, made and started as the command does it. */
export class EmbeddedMirror {
  readonly url: string;
  readonly log: readonly LogEntry[];
  readonly storage: StorageEngine;
  /** The memory that blobs pass through. */
  readonly pool: BufferPool;
  readonly #lifecycle: Lifecycle;

  constructor(parts: Pick<EmbeddedMirror, 'url' | 'log' | 'storage' | 'pool'>, life: Lifecycle) {
    this.url = parts.url;
    this.log = parts.log;
    this.storage = parts.storage;
    this.pool = parts.pool;
    this.#lifecycle = life;
  }

  /** What is said about events of this type. */
  events(type: string): LogEntry[] {
    return this.log.filter(({ event }) => event === type);
  }

  /** What is said of answered requests whose method and path have this in them. */
  requests(part: string): LogEntry[] {
    const isRequest = ({ msg, status }: LogEntry): boolean =>
      status !== undefined && String(msg).includes(part);
    return this.log.filter(isRequest);
  }

  async close(): Promise<void> {
    await this.#lifecycle.stop();
  }
}

export async function embeddedMirror(options: EmbeddedOptions): Promise<EmbeddedMirror> {
  const { config } = loadConfig({ env: environment(options), candidates: [] });
  const log: LogEntry[] = [];
  const write = (line: string): void => void log.push(JSON.parse(line) as LogEntry);
  const container = createContainer(config, createLogger(config.log, { write }), 'test');
  const clock = options.clock ?? new SwiftClock(FACTOR);
  container.unbind(TOKENS.clock);
  container.bind(TOKENS.clock).toConstantValue(clock);
  if (options.storage !== undefined) {
    container.unbind(TOKENS.storage);
    container.bind(TOKENS.storage).toConstantValue(options.storage);
  }
  if (options.http !== undefined) {
    const http = { ...DEFAULT_OPTIONS, listen: config.http.listen, ...options.http };
    const server = new MirrorServer(
      container.get(TOKENS.mirror),
      http,
      container.get(TOKENS.accessLog),
      container.get(TOKENS.authenticator),
    );
    container.unbind(TOKENS.server);
    container.bind(TOKENS.server).toConstantValue(server);
  }
  const lifecycle = container.get(TOKENS.lifecycle);
  const { url } = await lifecycle.start();
  const { pool } = container.get(TOKENS.server);
  return new EmbeddedMirror({ url, log, storage: container.get(TOKENS.storage), pool }, lifecycle);
}

function environment({ upstream, env = {} }: EmbeddedOptions): Record<string, string> {
  const all = {
    PROXY_REMOTEURL: upstream,
    HTTP_ADDR: '127.0.0.1:0',
    HTTP_DRAINTIMEOUT: '0s',
    STORAGE: 'inmemory',
    LOG_FORMATTER: 'json',
    LOG_LEVEL: 'debug',
    ...env,
  };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [`REGISTRY_${key}`, value]));
}
