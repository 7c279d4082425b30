import type { StoredBlob } from '../../../domain/ports/blob-store.ts';
import { BLOBS, digestFromPath } from '../../../domain/registry-layout.ts';
import { blobSize } from './blob-size.ts';
import { namesIn, statIfThere } from './present.ts';

/** How many files are looked at together; a listing must not keep reads waiting for long. */
const TOGETHER = 8;

/** Every blob below `root`; whatever else lies there is passed over. */
export async function* blobsBelow(root: string): AsyncGenerator<StoredBlob> {
  for (const algorithm of await namesIn(`${root}/${BLOBS}`)) {
    for (const shard of await namesIn(`${root}/${BLOBS}/${algorithm}`)) {
      yield* blobsInShard(`${root}/${BLOBS}/${algorithm}/${shard}`, algorithm, shard);
    }
  }
}

/** A shard is the folder of those whose digits begin with its name. */
async function* blobsInShard(
  folder: string,
  algorithm: string,
  shard: string,
): AsyncGenerator<StoredBlob> {
  if (shard.length !== 2) return;
  const names = (await namesIn(folder)).filter((name) => name.startsWith(shard));
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = names.slice(at, at + TOGETHER);
    const blobs = await Promise.all(some.map((name) => blobIn(folder, algorithm, name)));
    for (const blob of blobs) if (blob !== undefined) yield blob;
  }
}

async function blobIn(
  folder: string,
  algorithm: string,
  name: string,
): Promise<StoredBlob | undefined> {
  const digest = digestFromPath(algorithm, name);
  const stats = digest && (await statIfThere(`${folder}/${name}/data`));
  if (stats === undefined || digest === undefined) return undefined;
  const size = blobSize(stats, digest);
  return size === undefined ? undefined : { digest, size, storedAtMs: stats.mtimeMs };
}
