import type { StorageEngine } from '../domain/ports/storage-engine.ts';
import type { Upstream } from '../domain/ports/upstream.ts';

/** Adapters that are not the container's to make: those of modules, and of a program that embeds. */
export interface Adapters {
  readonly storage?: StorageEngine | undefined;
  /** What is mirrored, in place of what the configuration's URL names. */
  readonly origin?: Upstream | undefined;
}
