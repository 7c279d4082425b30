import type { Stats } from 'node:fs';
import type { Digest } from '../../../domain/digest.ts';
import { canHaveSize } from '../../../domain/empty-blob.ts';

/**
 * The size of the blob in a file, or undefined for what cannot be that blob: a folder, a device, or
 * an empty file under the digest of something else.
 */
export function blobSize(stats: Stats, digest: Digest): number | undefined {
  return stats.isFile() && canHaveSize(digest, stats.size) ? stats.size : undefined;
}
