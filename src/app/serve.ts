import { ListenFailed } from '../adapters/http/listen-failed.ts';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import { createLogger, type Logger, standardOutput } from '../adapters/telemetry/logger.ts';
import { StorageFailed } from '../domain/errors.ts';
import { createContainer } from './container.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Lifecycle } from './lifecycle.ts';
import { readAdapters, readConfiguration, type Surroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';
import { Supervisor } from './workers/supervisor.ts';

/** `kagami serve`: runs the mirror until a signal stops it. */
export async function serve(
  surroundings: Surroundings,
  path: string | undefined,
): Promise<ExitCode> {
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  const output = standardOutput();
  const logger = createLogger(loaded.config.log, output);
  const { supervised, stopSignal, version } = surroundings;
  const count = loaded.config.http.workers;
  try {
    if (supervised === undefined) for (const warning of loaded.warnings) logger.warn(warning);
    const adapters = await readAdapters(surroundings, loaded, (message) => logger.warn(message));
    if (adapters === undefined) return EXIT.usage;
    if (supervised === undefined && count > 1) {
      return await new Supervisor({ count, logger, stopSignal }).run();
    }
    const container = createContainer(loaded.config, logger, version, adapters);
    const lifecycle = container.get(TOKENS.lifecycle);
    const failed = await start(lifecycle, logger, surroundings);
    return failed ?? (await runUntilSignal(lifecycle, logger, surroundings));
  } finally {
    output.flushSync();
  }
}

async function start(
  lifecycle: Lifecycle,
  logger: Logger,
  { complain, supervised }: Surroundings,
): Promise<ExitCode | undefined> {
  try {
    const started = lifecycle.where(await lifecycle.start());
    if (supervised === undefined) logger.info(started, 'kagami is ready');
    else supervised.ready(started);
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
  { stopSignal, supervised }: Surroundings,
): Promise<ExitCode> {
  const isAlone = supervised === undefined;
  const untilTold = isAlone ? stopSignal : (): Promise<string> => supervised.stopSignal();
  const signal = await untilTold();
  const message = 'stopping: running answers may end; a second signal ends them at once';
  if (isAlone) logger.info({ signal }, message);
  const stopped = lifecycle.stop().then(
    () => EXIT.ok,
    (error: unknown) => {
      logger.error({ error: errorChain(error) }, 'could not stop in order');
      return EXIT.failure;
    },
  );
  const code = await Promise.race([stopped, untilTold().then(() => EXIT.failure)]);
  if (isAlone) logger.info('stopped');
  return code;
}
