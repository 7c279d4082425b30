import type { StorageEngine } from '../../domain/ports/storage-engine.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import type { StandardSchema } from './standard-schema.ts';

/** What a plugin gets from the mirror. */
export interface PluginContext {
  /** Kagami's version, for a user agent. */
  readonly version: string;
  /** Writes a line for the operator to the log. Never say a secret. */
  readonly warn: (message: string) => void;
}

/** Makes an adapter of a port. */
export interface AdapterFactory<Adapter, Options> {
  /** What the options have to be; without it there are none. zod, valibot, arktype and others fit. */
  readonly options?: StandardSchema<Options>;
  /**
   * Makes the adapter, and does nothing else: what takes time or can fail belongs into the adapter's
   * own start.
   */
  create(options: Options, context: PluginContext): Adapter | Promise<Adapter>;
}

/** What a module exports as `storage`, to be named in `storage: {'module:NAME': {...}}`. */
export type StoragePlugin<Options = unknown> = AdapterFactory<StorageEngine, Options>;

/** What a module exports as `upstream`, to be named in `proxy.remoteurl: module:NAME`. */
export type UpstreamPlugin<Options = unknown> = AdapterFactory<Upstream, Options>;
