import type { Adapters } from './adapters.ts';
import type { Environment } from './config/environment.ts';
import { type ConfigResult, loadConfig } from './config/load-config.ts';
import { ConfigProblems } from './config/problem.ts';
import { loadPlugins } from './plugins/load-plugins.ts';
import type { SupervisedProcess } from './workers/worker.ts';

/** What a command needs of the process it runs in. */
export interface Surroundings {
  readonly env: Environment;
  readonly version: string;
  /** Tells a person what is wrong, where there is no log. */
  readonly complain: (message: string) => void;
  /** Writes a line of what was asked for. */
  readonly print: (line: string) => void;
  /** Resolves with the signal's name when the process is told to stop, again at each call. */
  readonly stopSignal: () => Promise<string>;
  /** Whoever runs this process beside others like it; undefined if nobody does. */
  readonly supervised?: SupervisedProcess | undefined;
}

/** The adapters of the modules that it names; undefined, and every mistake is said, if there is one. */
export async function readAdapters(
  { version, complain }: Surroundings,
  loaded: ConfigResult,
  warn: (message: string) => void,
): Promise<Adapters | undefined> {
  try {
    return await loadPlugins(loaded, { version, warn });
  } catch (error) {
    return say(error, complain);
  }
}

/** The configuration; undefined, and every mistake is said, if there is one. */
export function readConfiguration(
  { env, complain }: Surroundings,
  path: string | undefined,
): ConfigResult | undefined {
  try {
    return loadConfig({ path, env });
  } catch (error) {
    return say(error, complain);
  }
}

function say(error: unknown, complain: Surroundings['complain']): undefined {
  if (!(error instanceof ConfigProblems)) throw error;
  for (const { message } of error.problems) complain(`kagami: ${message}`);
}
