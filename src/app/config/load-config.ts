import type { Config } from './config.ts';
import type { Origin } from './origin.ts';

/** The environment as `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** The configuration file named on the command line. */
  readonly path?: string | undefined;
  readonly env: Environment;
  /** Files to look for when none is named; the registry's own two by default. */
  readonly candidates?: readonly string[];
  /** Whether a directory can be written or made; asked only where no storage is configured. */
  readonly canWrite?: (directory: string) => boolean;
}

export interface ConfigResult {
  readonly config: Config;
  /** Sentences for the log, in the order in which they matter. */
  readonly warnings: readonly string[];
  /** Path of the file that was read, if one was. */
  readonly source: string | undefined;
  /** Where each setting's value came from, by dotted key. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * Reads the configuration from the file, the `REGISTRY_*` variables and the defaults.
 *
 * @throws {ConfigProblems} with every mistake at once.
 */
export function loadConfig(options: LoadOptions): ConfigResult {
  throw new Error(`the configuration is not read yet: ${options.path}`);
}
