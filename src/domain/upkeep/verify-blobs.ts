import type { Digest } from '../digest.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import { readThrough, VerifiedBlob } from '../pull/verified-blob.ts';
import { BLOBS, blobKey, digestFromPath } from '../registry-layout.ts';
import type { Finding } from './finding.ts';

export interface SoundBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** Looks at every blob's place, and reads what lies there; gives sound blobs, and findings. */
export async function* verifyBlobs(
  { blobs, records }: StorageEngine,
  hasher: Hasher,
): AsyncIterable<Finding | SoundBlob> {
  for (const algorithm of await records.children(BLOBS)) {
    for (const prefix of await records.children(`${BLOBS}/${algorithm}`)) {
      for (const encoded of await records.children(`${BLOBS}/${algorithm}/${prefix}`)) {
        const digest = digestFromPath(algorithm, encoded);
        // An empty folder is left where a blob was removed by hand, and harms nobody.
        const names = await records.children(`${BLOBS}/${algorithm}/${prefix}/${encoded}`);
        if (digest !== undefined && names.length > 0) yield await look(blobs, hasher, digest);
      }
    }
  }
}

async function look(
  blobs: StorageEngine['blobs'],
  hasher: Hasher,
  digest: Digest,
): Promise<Finding | SoundBlob> {
  const blob = await blobs.open(digest);
  if (blob === undefined) return { kind: 'no-blob', key: blobKey(digest) };
  const { size } = blob;
  let isSound = true;
  const verified = new VerifiedBlob(blob, digest, hasher, () => {
    isSound = false;
    return Promise.resolve();
  });
  await readThrough(verified).catch((error: unknown) => {
    if (isSound) throw error;
  });
  return isSound ? { digest, size } : { kind: 'damaged-blob', digest, size };
}
