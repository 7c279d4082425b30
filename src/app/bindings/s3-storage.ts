import { FilesystemStorage } from '../../adapters/storage/filesystem/filesystem-storage.ts';
import type { S3Options, S3Peers } from '../../adapters/storage/s3/s3-options.ts';
import { S3Storage } from '../../adapters/storage/s3/s3-storage.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { S3Config, S3CredentialsConfig } from '../config/config.ts';
import { facts } from './caches.ts';

/** A bucket, with a directory for what is on its way there. */
export function createS3Storage(
  config: S3Config,
  peers: S3Peers | undefined,
  clock: Clock,
  warn: (message: string) => void,
): S3Storage {
  const { bucket, prefix, encrypt, kmsKeyId, storageClass, acl } = config;
  const staging = new FilesystemStorage({
    rootDirectory: config.staging,
    setting: 'storage.s3.staging',
  });
  return new S3Storage({
    bucket,
    prefix,
    connection: connectionOf(config),
    objects: { encrypt, kmsKeyId, storageClass, acl },
    partBytes: config.partBytes,
    staging,
    stagingBytes: config.stagingBytes,
    redirects: config.redirects ? { endpoint: config.redirectEndpoint } : undefined,
    peers,
    sizes: facts<number>(),
    clock,
    random: Math.random,
    warn,
  });
}

function connectionOf(config: S3Config): S3Options['connection'] {
  return {
    region: config.region,
    endpoint: config.endpoint,
    isPathStyle: config.pathStyle,
    credentials: config.credentials && credentialsOf(config.credentials),
    isTls: config.secure,
    skipVerify: config.skipVerify,
    useDualstack: config.dualStack,
    useFips: config.fips,
    accelerate: config.accelerate,
    userAgent: config.userAgent,
  };
}

function credentialsOf(
  credentials: S3CredentialsConfig,
): NonNullable<S3Options['connection']['credentials']> {
  const { accessKey, secretKey, sessionToken } = credentials;
  return {
    accessKey: () => accessKey.reveal(),
    secretKey: () => secretKey.reveal(),
    sessionToken: () => sessionToken?.reveal(),
  };
}
