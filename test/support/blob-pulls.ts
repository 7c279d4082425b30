import type { ByteRange } from '../../src/domain/byte-range.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { readAll, sha256, someBytes } from './bytes.ts';
import { ALPINE, type PullParts } from './pull-parts.ts';
import { settle } from './settle.ts';

/** Puts a blob of `size` bytes into the upstream, which no manifest lists. */
export function pushBlob(
  { upstream }: PullParts,
  size: number,
  ...repositories: RepositoryName[]
): { digest: Digest; bytes: Uint8Array } {
  const bytes = someBytes(size);
  const digest = sha256(bytes);
  for (const repository of [ALPINE, ...repositories]) {
    upstream.pushBlob(repository, bytes, { digest });
  }
  return { digest, bytes };
}

/** Puts bytes into the storage under a digest, which need not be theirs. */
export async function keep(
  { storage }: PullParts,
  digest: Digest,
  bytes: Uint8Array,
): Promise<void> {
  const staged = await storage.blobs.stage(digest);
  await staged.append([bytes]);
  await staged.commit();
  staged.close();
}

/** A whole pull of a blob, from opening it to its last byte. */
export async function pull(
  { pullBlob }: PullParts,
  digest: Digest,
  repository: RepositoryName = ALPINE,
  range?: ByteRange,
): Promise<Uint8Array> {
  const { reader } = await pullBlob.open(repository, digest, range);
  return readAll(reader);
}

/** What became of a pull, for pulls that may fail. */
export async function outcome(pulled: Promise<Uint8Array>): Promise<Uint8Array | Error> {
  try {
    return await pulled;
  } catch (error) {
    return error as Error;
  }
}

/**
 * Runs `work` while the clock moves on whenever nothing else can happen, by so many milliseconds at
 * once.
 */
export async function whileTimePasses<T>(
  { clock }: PullParts,
  work: Promise<T>,
  stepMs = 1000,
): Promise<T> {
  const over = work.then(
    () => true,
    () => true,
  );
  for (let passedMs = 0; passedMs < 1_000_000; passedMs += stepMs) {
    const isOver = await Promise.race([over, settle().then(() => false)]);
    if (isOver) return work;
    clock.advance(stepMs);
  }
  throw new Error('it does not end, however long it takes');
}
