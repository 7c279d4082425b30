import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { PeerKind } from '../peers/peer.ts';
import { BenchFailure } from './bench-failure.ts';

/** @throws BenchFailure that tells what to install */
export async function requirePrograms(peers: readonly PeerKind[]): Promise<void> {
  const missing: string[] = [];
  if (!(await isInPath('wrk'))) missing.push('wrk');
  for (const { name, program, debianPackage } of peers) {
    if (await isThere(program)) continue;
    if (debianPackage === undefined) throw new BenchFailure(`${name} is not built: npm run build`);
    missing.push(debianPackage);
  }
  if (missing.length === 0) return;
  const packages = missing.join(' ');
  throw new BenchFailure(`missing on this machine; install with: apt-get install ${packages}`);
}

function isThere(program: string): Promise<boolean> {
  return isAbsolute(program) ? allows(program, constants.R_OK) : isInPath(program);
}

export async function isInPath(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) => allows(join(folder, program), constants.X_OK)),
  );
  return found.includes(true);
}

function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
