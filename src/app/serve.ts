import { ListenFailed } from '../adapters/http/listen-failed.ts';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import { createLogger, type Logger, standardOutput } from '../adapters/telemetry/logger.ts';
import { StorageFailed } from '../domain/errors.ts';
import { createContainer } from './container.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Lifecycle } from './lifecycle.ts';
import { readAdapters, readConfiguration, type Surroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';

/** `kagami serve`: runs the mirror until a signal stops it. */
export async function serve(
  surroundings: Surroundings,
  path: string | undefined,
): Promise<ExitCode> {
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  const output = standardOutput();
  const logger = createLogger(loaded.config.log, output);
  try {
    for (const warning of loaded.warnings) logger.warn(warning);
    const adapters = await readAdapters(surroundings, loaded, logger);
    if (adapters === undefined) return EXIT.usage;
    const container = createContainer(loaded.config, logger, surroundings.version, adapters);
    const lifecycle = container.get(TOKENS.lifecycle);
    const failed = await start(lifecycle, surroundings);
    return failed ?? (await runUntilSignal(lifecycle, logger, surroundings));
  } finally {
    output.flushSync();
  }
}

async function start(
  lifecycle: Lifecycle,
  { complain }: Surroundings,
): Promise<ExitCode | undefined> {
  try {
    await lifecycle.start();
    return undefined;
  } catch (error) {
    if (!(error instanceof StorageFailed || error instanceof ListenFailed)) throw error;
    complain(`kagami: ${error.message}`);
    await lifecycle.stop();
    return error instanceof StorageFailed ? EXIT.storage : EXIT.listen;
  }
}

async function runUntilSignal(
  lifecycle: Lifecycle,
  logger: Logger,
  { stopSignal }: Surroundings,
): Promise<ExitCode> {
  const signal = await stopSignal();
  logger.info({ signal }, 'stopping: running answers may end; a second signal ends them at once');
  const stopped = lifecycle.stop().then(
    () => EXIT.ok,
    (error: unknown) => {
      logger.error({ error: errorChain(error) }, 'could not stop in order');
      return EXIT.failure;
    },
  );
  const code = await Promise.race([stopped, stopSignal().then(() => EXIT.failure)]);
  logger.info('stopped');
  return code;
}
