import type { Container } from 'inversify';
import type { AccessLog } from '../../adapters/http/access-log.ts';
import { createLogger, type Logger, silentLogger } from '../../adapters/telemetry/logger.ts';
import { MeteredUpstream } from '../../domain/upstream/metered-upstream.ts';
import { createContainer } from '../container.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { TOKENS } from '../tokens.ts';
import { readVersion } from '../version.ts';
import { EmbeddedMirror } from './embedded-mirror.ts';
import { EventListeners } from './event-listeners.ts';
import type { MirrorOptions } from './mirror-options.ts';
import { StatsCounter } from './mirror-stats.ts';
import { type ReadOptions, readOptions } from './read-options.ts';

/**
 * Makes and starts a mirror in this process. It writes nothing but its storage, and touches neither
 * signals nor globals; any number of them share nothing.
 *
 * @throws {ConfigProblems} with every mistake in the options
 * @throws {StorageFailed} if the storage cannot be used
 * @throws {ListenFailed} if the address cannot be listened on
 */
export async function createMirror(options: MirrorOptions = {}): Promise<EmbeddedMirror> {
  const read = readOptions(options);
  const { config, warnings } = read.loaded;
  const version = readVersion();
  const logger = loggerFor(read);
  for (const warning of warnings) logger.warn(warning);
  const context = { version, warn: (message: string) => logger.warn(message) };
  const adapters = await loadPlugins(read.loaded, context, { origin: read.origin });
  const container = createContainer(config, logger, version, adapters);
  const [stats, listeners] = [new StatsCounter(), new EventListeners()];
  watch(container, stats, listeners);
  const lifecycle = container.get(TOKENS.lifecycle);
  const stop = (): Promise<void> => lifecycle.stop();
  try {
    const address = await (read.listens ? lifecycle.start() : lifecycle.startWithoutListening());
    logger.info(lifecycle.where(address ?? undefined), 'kagami is ready');
    const { handler } = container.get(TOKENS.server);
    return new EmbeddedMirror({
      address: address ?? undefined,
      handler,
      warnings,
      stats,
      listeners,
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function loggerFor({ loaded, write }: ReadOptions): Logger {
  return write === undefined ? silentLogger() : createLogger(loaded.config.log, { write });
}

/** Before anything is made of it: what is counted and told goes by here. */
function watch(container: Container, stats: StatsCounter, listeners: EventListeners): void {
  container.get(TOKENS.events).listen((event) => listeners.emit(event));
  container.onActivation(TOKENS.accessLog, (_, log): AccessLog => {
    return {
      request: (entry) => {
        stats.answered(entry);
        log.request(entry);
      },
      trouble: (error) => log.trouble?.(error),
    };
  });
  container.onActivation(TOKENS.upstream, (_, upstream) => {
    return new MeteredUpstream(upstream, (bytes) => stats.fetched(bytes));
  });
}
