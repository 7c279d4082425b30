import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDirectory {
  readonly path: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

/** A new, empty directory of one's own. */
export async function tempDirectory(): Promise<TempDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'kagami-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
