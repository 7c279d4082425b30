import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Capacity } from '../../../domain/ports/storage-engine.ts';

const statfs = promisify<string, fs.StatsFs>((path, done) => fs.statfs(path, done));

/** Of the file system that a path is on; undefined for one that has no size, as some of the network. */
export async function capacityAt(path: string): Promise<Capacity | undefined> {
  // `bavail` is without what is kept for the superuser, which nobody else can fill.
  const { bsize, blocks, bavail } = await statfs(path);
  if (blocks === 0) return undefined;
  return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}
