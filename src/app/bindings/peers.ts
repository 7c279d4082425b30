import type { S3Peers } from '../../adapters/storage/s3/s3-options.ts';
import { HmacSigner } from '../../adapters/system/hmac-signer.ts';
import type { HttpConfig } from '../config/config.ts';

/** The other mirrors of the bucket, for those who ask them and those who answer. */
export function peersOf({ peers }: HttpConfig): S3Peers | undefined {
  return peers && { url: peers.url, signer: new HmacSigner(() => peers.secret.reveal()) };
}
