import { dirname } from 'node:path';
import { errorChain } from '../../adapters/telemetry/error-chain.ts';
import type { StorageEngine } from '../../domain/ports/storage-engine.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import type { Adapters } from '../adapters.ts';
import type { ConfigPlace, PluginConfig } from '../config/config.ts';
import type { ConfigResult } from '../config/load-config.ts';
import { ConfigProblems, type Problem, problemAt } from '../config/problem.ts';
import { type Exports, importPlugin } from './import-plugin.ts';
import type { AdapterFactory, PluginContext } from './plugin.ts';
import { validated } from './standard-schema.ts';

/** Which export of a module is for a port, and what every adapter of that has. */
interface Port {
  readonly name: 'storage' | 'upstream';
  readonly members: readonly string[];
}

const STORAGE: Port = { name: 'storage', members: ['blobs', 'records', 'start', 'close'] };
const UPSTREAM: Port = {
  name: 'upstream',
  members: ['resolve', 'fetchManifest', 'fetchBlob', 'statBlob', 'listTags', 'probe', 'close'],
};

/**
 * Makes the adapters whose modules the configuration names, but for those that are `given`.
 *
 * @throws {ConfigProblems} with every mistake at once.
 */
export async function loadPlugins(
  { config, source }: Pick<ConfigResult, 'config' | 'source'>,
  context: PluginContext,
  given: Adapters = {},
): Promise<Adapters> {
  const directory = source === undefined ? process.cwd() : dirname(source);
  const loader = new Loader(directory, context);
  const storage = config.storage.driver === 'module' ? config.storage.plugin : undefined;
  const upstream = given.origin === undefined ? config.upstream.plugin : undefined;
  const loaded = {
    storage: storage && (await loader.load<StorageEngine>(storage, STORAGE)),
    origin: upstream && (await loader.load<Upstream>(upstream, UPSTREAM)),
  };
  if (loader.problems.length > 0) throw new ConfigProblems(loader.problems);
  return { storage: given.storage ?? loaded.storage, origin: given.origin ?? loaded.origin };
}

/** Loads modules; what goes wrong is collected, and gives `undefined`. */
class Loader {
  readonly problems: Problem[] = [];
  readonly #directory: string;
  readonly #context: PluginContext;

  constructor(directory: string, context: PluginContext) {
    this.#directory = directory;
    this.#context = context;
  }

  async load<Adapter>(plugin: PluginConfig, port: Port): Promise<Adapter | undefined> {
    const exports = await this.#import(plugin);
    const factory = exports && this.#factory<Adapter>(exports, plugin, port);
    const options = factory && (await this.#options(factory, plugin));
    return options && this.#create(factory, options.value, plugin, port);
  }

  async #import({ module, named }: PluginConfig): Promise<Exports | undefined> {
    try {
      const found = await importPlugin(module, this.#directory);
      if (found !== undefined) return found;
      const hint = 'install it beside Kagami, or name a file: `module:./FILE.js`';
      return this.#wrong(named, `names a module that is not there, ${module}; ${hint}`);
    } catch (error) {
      return this.#wrong(named, `names a module that cannot be loaded: ${errorChain(error)}`);
    }
  }

  #factory<Adapter>(
    exports: Exports,
    { module, named }: PluginConfig,
    { name }: Port,
  ): AdapterFactory<Adapter, unknown> | undefined {
    const found = exports[name] as Partial<AdapterFactory<Adapter, unknown>> | undefined;
    if (has(found, ['create'])) return found as AdapterFactory<Adapter, unknown>;
    const missing = `exports no \`${name}\` with a function \`create\``;
    return this.#wrong(named, `names a module that cannot be used: ${module} ${missing}`);
  }

  async #options(
    { options: schema }: AdapterFactory<unknown, unknown>,
    { options: secret, configured }: PluginConfig,
  ): Promise<{ readonly value: unknown } | undefined> {
    const options = secret.reveal();
    if (schema === undefined) {
      if (Object.keys(options).length === 0) return { value: {} };
      return this.#wrong(configured, 'must be empty, for the module takes no options');
    }
    const result = await validated(schema, options);
    if (!('issues' in result)) return result;
    for (const { path, message } of result.issues) {
      const key = path === '' ? configured.key : `${configured.key}.${path}`;
      this.#wrong({ ...configured, key }, `is not as the module wants it: ${message}`);
    }
    return undefined;
  }

  async #create<Adapter>(
    factory: AdapterFactory<Adapter, unknown>,
    options: unknown,
    { module, named }: PluginConfig,
    { name, members }: Port,
  ): Promise<Adapter | undefined> {
    try {
      const made = await factory.create(options, this.#context);
      if (has(made, members)) return made;
      const what = `its \`create\` gives no ${name} (${members.join(', ')})`;
      return this.#wrong(named, `names a module that cannot be used: ${module}: ${what}`);
    } catch (error) {
      return this.#wrong(named, `names a module that failed: ${errorChain(error)}`);
    }
  }

  #wrong({ key, origin }: ConfigPlace, sentence: string): undefined {
    this.problems.push(problemAt(origin, `${key} ${sentence}`, key));
  }
}

function has(value: unknown, members: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return members.every((name) => name in value);
}
