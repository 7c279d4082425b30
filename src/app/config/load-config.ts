import { authenticatesClients } from './authenticates-clients.ts';
import { canWriteDirectory, defaultDirectory } from './cache-directory.ts';
import { type Checked, Checker } from './check.ts';
import type { Config } from './config.ts';
import { findFile, readFile, USUAL_FILES } from './config-file.ts';
import { CONFIGURATION, CONFIGURATION_INDEX } from './configuration.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Environment } from './environment.ts';
import { openAccounts } from './open-accounts.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import { ConfigProblems } from './problem.ts';
import { emptyMap, type RawMap } from './raw-tree.ts';
import { Report } from './report.ts';
import { authOf } from './sections/auth.ts';
import { cacheOf } from './sections/cache.ts';
import { httpOf } from './sections/http.ts';
import { catalogOf, tagPageLimit } from './sections/listing.ts';
import { logOf } from './sections/log.ts';
import { namesUpstream, upstreamOf } from './sections/proxy.ts';
import { deletes, rootdirectory, storageOf, verify } from './sections/storage.ts';
import { tagChecksOf } from './sections/tag-checks.ts';
import { checkVersion } from './sections/version.ts';
import { DOCKER_HUB } from './upstream-url.ts';
import { Values } from './values.ts';
import { applyVariables } from './variables.ts';

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
  /** What file and variables say. */
  readonly tree: RawMap;
  /** Where each setting's value came from, by dotted key. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * Reads the configuration from the file, the `REGISTRY_*` variables and the defaults.
 *
 * @throws {ConfigProblems} with every mistake at once.
 */
export function loadConfig(options: LoadOptions): ConfigResult {
  const { env, canWrite = canWriteDirectory } = options;
  const report = new Report();
  const source = findFile(options.path, env, options.candidates ?? USUAL_FILES);
  const file = source === undefined ? emptyMap(DEFAULT_ORIGIN) : readFile(source, env, report);
  // Of a file that cannot be read nothing can be said to be missing, or to contradict a variable.
  if (file === undefined) throw new ConfigProblems(report.inOrder());
  const directory = (): string => defaultDirectory(env, canWrite);
  return configOfTree(applyVariables(file, env, report), { report, source, directory });
}

interface TreeOptions {
  readonly report: Report;
  /** The file that it is from, if it is. */
  readonly source: string | undefined;
  /** Where the cache goes when nothing says so. */
  readonly directory: () => string;
}

/**
 * What a tree that was read comes to.
 *
 * @throws {ConfigProblems} with every mistake in it, and those that the report has already.
 */
export function configOfTree(
  tree: RawMap,
  { report, source, directory }: TreeOptions,
): ConfigResult {
  const { found, values } = check(tree, report);
  checkVersion(values, source);
  const config = configOf(values, directory);
  if (config.deletes && !authenticatesClients(config)) {
    values.warn(deletes, 'has no effect without auth.htpasswd or client certificates.');
  }
  if (source !== undefined && !namesUpstream(values)) {
    report.warn(`${source} names no proxy.remoteurl; Kagami mirrors Docker Hub, ${DOCKER_HUB}.`);
  }
  const open = openAccounts(config);
  if (open !== undefined) report.warn(open);
  if (report.problems.length > 0) throw new ConfigProblems(report.inOrder());
  return {
    config: deepFreeze(config),
    warnings: report.warnings(),
    source,
    tree,
    origins: originsOf(config, found),
  };
}

function check(
  tree: RawMap,
  report: Report,
): { found: ReadonlyMap<string, Checked>; values: Values } {
  const checker = new Checker(CONFIGURATION_INDEX, report);
  checker.section(CONFIGURATION, tree, '');
  return { found: checker.found, values: new Values(checker.found, CONFIGURATION_INDEX, report) };
}

function configOf(values: Values, directory: () => string): Config {
  const storage = storageOf(values, directory);
  return {
    upstream: upstreamOf(values),
    storage,
    http: httpOf(values, storage),
    auth: authOf(values),
    log: logOf(values),
    verification: values.of(verify),
    deletes: values.of(deletes),
    cache: cacheOf(values),
    tags: { ...tagChecksOf(values), pageLimit: tagPageLimit(values) },
    catalog: catalogOf(values),
  };
}

function originsOf(
  config: Config,
  found: ReadonlyMap<string, Checked>,
): ReadonlyMap<string, Origin> {
  const origins = new Map([...found].map(([key, { origin }]) => [key, origin]));
  for (const { key, field } of CONFIGURATION_INDEX.fields) {
    if (field.kind === 'section') origins.delete(key);
  }
  const directory = CONFIGURATION_INDEX.keyOf(rootdirectory);
  if (config.storage.driver === 'filesystem' && !origins.has(directory)) {
    origins.set(directory, DEFAULT_ORIGIN);
  }
  return origins;
}
