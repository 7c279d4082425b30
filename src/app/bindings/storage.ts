import { ContainerModule } from 'inversify';
import { FilesystemStorage } from '../../adapters/storage/filesystem/filesystem-storage.ts';
import { MemoryStorage } from '../../adapters/storage/memory/memory-storage.ts';
import type { Logger } from '../../adapters/telemetry/logger.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { StorageEngine } from '../../domain/ports/storage-engine.ts';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';
import { peersOf } from './peers.ts';
import { createS3Storage } from './s3-storage.ts';

export const storageModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.storage).toResolvedValue(createStorage, [t.config, t.adapters, t.clock, t.logger]);
});

function createStorage(
  { storage, http }: Config,
  adapters: Adapters,
  clock: Clock,
  logger: Logger,
): StorageEngine {
  if (adapters.storage !== undefined) return adapters.storage;
  switch (storage.driver) {
    case 'filesystem':
      return new FilesystemStorage({ rootDirectory: storage.rootDirectory });
    case 'inmemory':
      return new MemoryStorage();
    case 'module':
      throw new Error(`${storage.plugin.named.key} was not loaded`);
    case 's3':
      return createS3Storage(storage, peersOf(http), clock, (message) => logger.warn(message));
    default:
      return storage satisfies never;
  }
}
