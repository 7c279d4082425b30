import { FilesystemStorage } from '../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import type { S3Options } from '../../../src/adapters/storage/s3/s3-options.ts';
import { S3Storage } from '../../../src/adapters/storage/s3/s3-storage.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { MapCache } from '../map-cache.ts';
import type { S3Keys } from './signature.ts';

export const MIB: number = 1024 * 1024;

/** A bucket somewhere, and the keys to it. */
export interface Reachable {
  readonly url: string;
  readonly bucket: string;
  readonly keys: S3Keys;
}

export interface S3StorageOptions extends Partial<Omit<S3Options, 'staging' | 'connection'>> {
  /** A directory for what is on its way. */
  readonly staging: string;
  readonly connection?: Partial<S3Options['connection']>;
}

/** A storage over a bucket; not started. */
export function s3StorageOver(reachable: Reachable, options: S3StorageOptions): S3Storage {
  return new S3Storage(s3OptionsOver(reachable, options));
}

export function s3OptionsOver(reachable: Reachable, options: S3StorageOptions): S3Options {
  const { url, bucket, keys } = reachable;
  return {
    bucket,
    prefix: '',
    objects: { encrypt: false, kmsKeyId: undefined, storageClass: undefined, acl: undefined },
    partBytes: 5 * MIB,
    stagingBytes: 1024 * MIB,
    redirects: undefined,
    peers: undefined,
    sizes: new MapCache(),
    clock: new SystemClock(),
    random: Math.random,
    warn: () => {},
    ...options,
    connection: {
      region: 'us-east-1',
      endpoint: url,
      isPathStyle: true,
      credentials: {
        accessKey: () => keys.accessKey,
        secretKey: () => keys.secretKey,
        sessionToken: () => undefined,
      },
      isTls: true,
      skipVerify: false,
      useDualstack: false,
      useFips: false,
      accelerate: false,
      userAgent: undefined,
      ...options.connection,
    },
    staging: new FilesystemStorage({
      rootDirectory: options.staging,
      setting: 'storage.s3.staging',
    }),
  };
}

/** What a mirror needs to keep its cache there: `REGISTRY_*` variables, without their prefix. */
export function s3Variables(
  { url, bucket, keys }: Reachable,
  staging: string,
): Record<string, string> {
  return {
    STORAGE: 's3',
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_REGIONENDPOINT: url,
    STORAGE_S3_ACCESSKEY: keys.accessKey,
    STORAGE_S3_SECRETKEY: keys.secretKey,
    STORAGE_S3_STAGING: staging,
  };
}
