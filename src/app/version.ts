import { readFileSync } from 'node:fs';

/** This package's version; its package.json lies beside the folder that `app` is in. */
export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
