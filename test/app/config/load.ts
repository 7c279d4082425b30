import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../src/app/config/config.ts';
import { effectiveYaml } from '../../../src/app/config/effective.ts';
import type { Environment } from '../../../src/app/config/environment.ts';
import { loadConfig } from '../../../src/app/config/load-config.ts';
import { placeOf } from '../../../src/app/config/origin.ts';
import { ConfigProblems } from '../../../src/app/config/problem.ts';

/** What a configuration came to, with the file called `config.yml` in every sentence. */
export interface Loaded {
  readonly config: Config;
  readonly warnings: readonly string[];
  /** What `kagami config` prints. */
  readonly printed: string;
  /** Where each value came from, by dotted key. */
  readonly places: Readonly<Record<string, string>>;
}

/** Reads `yaml` as a file, or no file where it is `undefined`, and the variables `env`. */
export function load(yaml: string | undefined, env: Environment = {}): Loaded {
  const directory = mkdtempSync(join(tmpdir(), 'kagami-config-'));
  const short = (text: string): string => text.replaceAll(`${directory}/`, '');
  const path = join(directory, 'config.yml');
  try {
    if (yaml !== undefined) writeFileSync(path, yaml);
    const result = loadConfig({
      path: yaml === undefined ? undefined : path,
      env,
      candidates: [],
      canWrite: () => true,
    });
    const places = [...result.origins].map(([key, origin]) => [key, short(placeOf(origin))]);
    return {
      config: result.config,
      warnings: result.warnings.map(short),
      printed: short(effectiveYaml(result.tree, result.config)),
      places: Object.fromEntries(places) as Record<string, string>,
    };
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    throw new ConfigProblems(
      error.problems.map((each) => ({ ...each, message: short(each.message) })),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The mistakes in a configuration; none if it can be used. */
export function mistakes(yaml: string | undefined, env: Environment = {}): string[] {
  try {
    load(yaml, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ message }) => message);
    throw error;
  }
}

/** A file with `yaml` below the version, in which the first line of `yaml` is line 2. */
export function file(yaml: string): string {
  return `version: 0.1\n${yaml}`;
}
