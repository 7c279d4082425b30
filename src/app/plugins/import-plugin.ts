import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a module exports. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Imports a module. A path is taken from `directory`; a package is looked for where Kagami is
 * installed, and then in that directory's `node_modules`.
 *
 * @returns undefined if there is no such module
 * @throws whatever the module throws when it is loaded
 */
export async function importPlugin(name: string, directory: string): Promise<Exports | undefined> {
  if (isPath(name)) return importOf(pathToFileURL(resolve(directory, name)).href);
  const found = await importOf(name);
  if (found !== undefined || name.startsWith('file:')) return found;
  const elsewhere = resolved(name, directory);
  return elsewhere === undefined ? undefined : importOf(pathToFileURL(elsewhere).href);
}

function isPath(name: string): boolean {
  return isAbsolute(name) || /^\.\.?[/\\]/.test(name);
}

function resolved(name: string, directory: string): string | undefined {
  try {
    return createRequire(join(directory, 'config.yml')).resolve(name);
  } catch {
    return undefined;
  }
}

async function importOf(specifier: string): Promise<Exports | undefined> {
  try {
    return (await import(specifier)) as Exports;
  } catch (error) {
    if (isMissing(error, specifier)) return undefined;
    throw error;
  }
}

/** Whether it is that very module that is not there, and not one that it imports. */
function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND') return false;
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? '';
  return (
    missing === specifier ||
    pathToFileURL(missing).href === specifier ||
    specifier.startsWith(`${missing}/`)
  );
}
