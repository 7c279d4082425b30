import type { Digest } from '../../../domain/digest.ts';
import { canHaveSize } from '../../../domain/empty-blob.ts';
import type { StoredBlob } from '../../../domain/ports/blob-store.ts';
import { BLOBS, blobKey, digestFromPath } from '../../../domain/registry-layout.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** Every blob in the bucket; whatever else lies there is passed over. */
export async function* blobsIn(bucket: S3Bucket): AsyncGenerator<StoredBlob> {
  for await (const { objects } of bucket.list(`${BLOBS}/`)) {
    for (const { key, size } of objects) {
      const digest = digestIn(key);
      if (digest !== undefined && canHaveSize(digest, size)) yield { digest, size };
    }
  }
}

function digestIn(key: string): Digest | undefined {
  const [algorithm = '', , encoded = ''] = key.slice(BLOBS.length + 1).split('/');
  const digest = digestFromPath(algorithm, encoded);
  return digest !== undefined && blobKey(digest) === key ? digest : undefined;
}
