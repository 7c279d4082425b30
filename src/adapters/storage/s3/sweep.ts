import { BLOBS } from '../../../domain/registry-layout.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** A download that is still going on after that long will not end. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Removes the parts of uploads that processes have left that died: nobody sees them, but pays. */
export async function sweepUploads(bucket: S3Bucket, now: number): Promise<void> {
  for await (const { key, id, startedAt } of bucket.uploads(`${BLOBS}/`)) {
    if (now - startedAt > ABANDONED_AFTER_MS) await bucket.abortUpload(key, id);
  }
}
