import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { S3Bucket } from '../../src/adapters/storage/s3/s3-bucket.ts';
import type { S3Storage } from '../../src/adapters/storage/s3/s3-storage.ts';
import { type S3StorageOptions, s3OptionsOver, s3StorageOver } from '../support/s3/s3-fixture.ts';
import { type RealS3, realS3 } from '../support/s3-server/real-s3.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

let running: Promise<RealS3> | undefined;

/** The one server of this process; whoever ran the last test stops it. */
export function theServer(): Promise<RealS3> {
  running ??= realS3();
  return running;
}

export async function stopServer(): Promise<void> {
  await (await running)?.stop();
  running = undefined;
}

/** A storage below a prefix of its own, started; and what removes it. */
export interface OwnStorage {
  readonly engine: S3Storage;
  readonly prefix: string;
  readonly directory: TempDirectory;
  readonly close: () => Promise<void>;
}

export async function ownStorage(
  options: Partial<Omit<S3StorageOptions, 'staging'>> = {},
): Promise<OwnStorage> {
  const [server, directory] = await Promise.all([theServer(), tempDirectory()]);
  const prefix = `kagami-test/${randomUUID()}`;
  const engine = s3StorageOver(server, { staging: directory.path, prefix, ...options });
  await engine.start();
  const close = async (): Promise<void> => {
    await engine.close();
    await emptied(server, prefix);
    await directory.remove();
  };
  return { engine, prefix, directory, close };
}

/** Removes what is below a prefix. */
export async function emptied(server: RealS3, prefix: string): Promise<void> {
  const bucket = new S3Bucket(s3OptionsOver(server, { staging: tmpdir(), prefix }));
  const keys: string[] = [];
  for await (const { objects } of bucket.list('')) keys.push(...objects.map(({ key }) => key));
  await bucket.deleteMany(keys);
  bucket.close();
}
