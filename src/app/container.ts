import { Container } from 'inversify';
import type { Logger } from '../adapters/telemetry/logger.ts';
import type { Adapters } from './adapters.ts';
import { authModule } from './bindings/auth.ts';
import { httpModule } from './bindings/http.ts';
import { pullModule } from './bindings/pull.ts';
import { storageModule } from './bindings/storage.ts';
import { systemModule } from './bindings/system.ts';
import { upkeepModule } from './bindings/upkeep.ts';
import { upstreamModule } from './bindings/upstream.ts';
import type { Config } from './config/config.ts';
import { TOKENS } from './tokens.ts';

/**
 * The composition root: every object of the mirror, each made once, on demand. Two containers share
 * nothing.
 */
export function createContainer(
  config: Config,
  logger: Logger,
  version: string,
  adapters: Adapters = {},
): Container {
  // inversify's own default is to make a new object each time: two tables of running downloads would
  // quietly undo their purpose.
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.config).toConstantValue(config);
  container.bind(TOKENS.adapters).toConstantValue(adapters);
  container.bind(TOKENS.logger).toConstantValue(logger);
  container.bind(TOKENS.version).toConstantValue(version);
  container.load(systemModule, storageModule, upstreamModule, pullModule, upkeepModule);
  container.load(authModule, httpModule);
  return container;
}
