import { lstat, rm } from 'node:fs/promises';
import { namesIn } from './present.ts';

/** A download that is still going on writes more often than that, in whatever process. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Removes what crashed processes left in the staging folder; what cannot be removed stays. */
export async function removeLeftovers(staging: string, goOn: () => boolean): Promise<void> {
  const oldest = Date.now() - ABANDONED_AFTER_MS;
  for (const name of await namesIn(staging).catch(() => [])) {
    if (!goOn()) return;
    await removeIfOlder(`${staging}/${name}`, oldest).catch(() => {});
  }
}

async function removeIfOlder(path: string, oldest: number): Promise<void> {
  const { mtimeMs } = await lstat(path);
  if (mtimeMs < oldest) await rm(path, { recursive: true, force: true });
}
