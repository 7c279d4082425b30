import { effectiveYaml } from './config/effective.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readAdapters, readConfiguration, type Surroundings } from './surroundings.ts';

/** `kagami config`: the configuration in force, as a file, with where each value came from. */
export function printConfig(surroundings: Surroundings, path: string | undefined): ExitCode {
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  for (const warning of loaded.warnings) surroundings.complain(`warning: ${warning}`);
  surroundings.print(effectiveYaml(loaded.tree, loaded.config).trimEnd());
  return EXIT.ok;
}

/** `kagami config check`: every mistake, in what modules are given too, or that there is none. */
export async function checkConfig(
  surroundings: Surroundings,
  path: string | undefined,
): Promise<ExitCode> {
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  const warn = (warning: string): void => surroundings.complain(`warning: ${warning}`);
  loaded.warnings.forEach(warn);
  if ((await readAdapters(surroundings, loaded, warn)) === undefined) return EXIT.usage;
  const { source } = loaded;
  const what =
    source === undefined ? 'There is no configuration file; variables and defaults' : source;
  surroundings.print(`${what}: all is well`);
  return EXIT.ok;
}
