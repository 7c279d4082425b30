import { statSync } from 'node:fs';
import type { Container } from 'inversify';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import { createLogger } from '../adapters/telemetry/logger.ts';
import { StorageFailed } from '../domain/errors.ts';
import type { Config, LogConfig } from './config/config.ts';
import { createContainer } from './container.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readAdapters, readConfiguration, type Surroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';

export interface OnStorageOptions {
  /** The configuration file. */
  readonly path: string | undefined;
  /** Whether nothing is written, not even to find out whether it can be. */
  readonly isReadOnly: boolean;
}

/** What a command works with. */
export interface AtWork {
  readonly container: Container;
  readonly config: Config;
}

/** Runs a command on the storage of the mirror, running or not; says what is in its way. */
export async function onStorage(
  surroundings: Surroundings,
  { path, isReadOnly }: OnStorageOptions,
  act: (atWork: AtWork) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { complain, version } = surroundings;
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  const { config } = loaded;
  if (config.storage.driver === 'inmemory') {
    complain('kagami: what is in memory is in the running mirror alone, and cannot be looked at');
    return EXIT.usage;
  }
  const logger = createLogger(quiet(config.log), { write: complain });
  const adapters = await readAdapters(surroundings, loaded, (message) => logger.warn(message));
  if (adapters === undefined) return EXIT.usage;
  const container = createContainer(config, logger, version, adapters);
  const storage = container.get(TOKENS.storage);
  try {
    if (config.storage.driver === 'filesystem') checkDirectory(config.storage.rootDirectory);
    if (!isReadOnly) await storage.start();
    return await act({ container, config });
  } catch (error) {
    if (!(error instanceof StorageFailed)) throw error;
    complain(`kagami: ${errorChain(error)}`);
    return EXIT.storage;
  } finally {
    await storage.close();
  }
}

/** What is done is printed; the log tells of trouble alone. */
function quiet(log: LogConfig): LogConfig {
  return log.level === 'error' ? log : { ...log, level: 'warn' };
}

/**
 * To make it would hide that the configuration is not the mirror's.
 *
 * @throws StorageFailed
 */
function checkDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return;
  const remedy = "name the mirror's with storage.filesystem.rootdirectory";
  throw new StorageFailed(`The storage directory ${directory} is not there: ${remedy}`);
}
