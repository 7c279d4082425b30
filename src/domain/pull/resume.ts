import { algorithmOf, type Digest } from '../digest.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Hash, Hasher } from '../ports/hasher.ts';
import { Staging } from './staging.ts';

/** How much is read back at once, in bytes. */
const PIECE = 1024 * 1024;

export interface Resumed {
  readonly staging: Staging;
  /** Of the bytes that are in it; undefined if that is the whole blob, and verified. */
  readonly hash: Hash | undefined;
}

export interface ResumePorts {
  readonly blobs: BlobStore;
  readonly hasher: Hasher;
}

/**
 * Starts a blob in the storage, or goes on with what an earlier transfer has left there. That is
 * hashed again: nobody knows what it has been through. What is too much, wrong or unreadable is
 * thrown away. So is the whole of a blob whose size is not known: the upstream has to be asked who
 * may have it, and there is nothing beyond the end to ask for.
 *
 * @param size of the blob in bytes, where it is known
 * @throws StorageFailed
 */
export async function resume(
  { blobs, hasher }: ResumePorts,
  digest: Digest,
  size: number | undefined,
): Promise<Resumed> {
  for (;;) {
    const staging = new Staging(await blobs.stage(digest));
    const hash = hasher.start(algorithmOf(digest));
    const whole = hasher.start(algorithmOf(digest));
    const left = staging.length;
    const mayBeWhole = left > 0 && left === (size ?? left);
    const isReadable = await readInto(mayBeWhole ? [hash, whole] : [hash], staging).then(
      () => true,
      () => false,
    );
    const isWhole = isReadable && mayBeWhole && whole.digest() === digest;
    if (isWhole && left === size) return { staging, hash: undefined };
    const isPart = left === 0 || left < (size ?? Number.POSITIVE_INFINITY);
    if (isReadable && isPart && !isWhole) return { staging, hash };
    await staging.discard().finally(() => staging.close());
  }
}

async function readInto(hashes: readonly Hash[], staging: Staging): Promise<void> {
  if (staging.length === 0) return;
  const scratch = new Uint8Array(PIECE);
  for (let offset = 0; offset < staging.length; ) {
    const piece = await staging.readAt(offset, () => scratch);
    for (const hash of hashes) hash.update(piece);
    offset += piece.byteLength;
  }
}
