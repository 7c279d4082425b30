import { ContainerModule } from 'inversify';
import { FilesystemStorage } from '../../adapters/storage/filesystem/filesystem-storage.ts';
import { MemoryStorage } from '../../adapters/storage/memory/memory-storage.ts';
import type { StorageEngine } from '../../domain/ports/storage-engine.ts';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';

export const storageModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.storage).toResolvedValue(createStorage, [TOKENS.config, TOKENS.adapters]);
});

function createStorage({ storage }: Config, adapters: Adapters): StorageEngine {
  if (adapters.storage !== undefined) return adapters.storage;
  switch (storage.driver) {
    case 'filesystem':
      return new FilesystemStorage({ rootDirectory: storage.rootDirectory });
    case 'inmemory':
      return new MemoryStorage();
    case 'module':
      throw new Error(`${storage.plugin.named.key} was not loaded`);
    default:
      return storage satisfies never;
  }
}
