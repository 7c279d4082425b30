import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';

/** Where the registry keeps its storage. */
const REGISTRY_DIRECTORY = '/var/lib/registry';

/**
 * Where the cache goes when nothing says so: the registry's directory if it can be written, else
 * the user's cache directory (XDG Base Directory Specification 0.8).
 */
export function defaultDirectory(
  env: Environment,
  canWrite: (directory: string) => boolean,
): string {
  if (canWrite(REGISTRY_DIRECTORY)) return REGISTRY_DIRECTORY;
  const named = env['XDG_CACHE_HOME'];
  if (named !== undefined && isAbsolute(named)) return join(named, 'kagami');
  return join(env['HOME'] || homedir(), '.cache', 'kagami');
}

/** Whether a directory can be written, or made where it does not exist. */
export function canWriteDirectory(directory: string): boolean {
  if (!existsSync(directory)) {
    const above = dirname(directory);
    return above !== directory && canWriteDirectory(above);
  }
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
