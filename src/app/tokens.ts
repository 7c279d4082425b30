import type { ServiceIdentifier } from 'inversify';
import type { AccessLog } from '../adapters/http/access-log.ts';
import type { MirrorServer } from '../adapters/http/server.ts';
import type { Logger } from '../adapters/telemetry/logger.ts';
import type { EventHub } from '../domain/event-hub.ts';
import type { Authenticator } from '../domain/ports/authenticator.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { Hasher } from '../domain/ports/hasher.ts';
import type { Leases } from '../domain/ports/leases.ts';
import type { Mirror } from '../domain/ports/mirror.ts';
import type { SharedTransfers } from '../domain/ports/shared-transfers.ts';
import type { StorageEngine } from '../domain/ports/storage-engine.ts';
import type { Upstream } from '../domain/ports/upstream.ts';
import type { Admission } from '../domain/pull/admission.ts';
import type { Background } from '../domain/pull/background.ts';
import type { BlobAccess } from '../domain/pull/blob-access.ts';
import type { ListReferrers } from '../domain/pull/list-referrers.ts';
import type { ListRepositories } from '../domain/pull/list-repositories.ts';
import type { ListTags } from '../domain/pull/list-tags.ts';
import type { ManifestFetch } from '../domain/pull/manifest-fetch.ts';
import type { ManifestShelf } from '../domain/pull/manifest-shelf.ts';
import type { PullBlob } from '../domain/pull/pull-blob.ts';
import type { PullManifest } from '../domain/pull/pull-manifest.ts';
import type { RepositoryLinks } from '../domain/pull/repository-links.ts';
import type { StoredBlobs } from '../domain/pull/stored-blobs.ts';
import type { TagBook } from '../domain/pull/tag-book.ts';
import type { TagCheck } from '../domain/pull/tag-check.ts';
import type { Transfers } from '../domain/pull/transfers.ts';
import type { AccessTimes } from '../domain/upkeep/access-times.ts';
import type { DeleteManifest } from '../domain/upkeep/delete-manifest.ts';
import type { Evictor } from '../domain/upkeep/evictor.ts';
import type { ListImages } from '../domain/upkeep/list-images.ts';
import type { Prune } from '../domain/upkeep/prune.ts';
import type { PullLog } from '../domain/upkeep/pull-log.ts';
import type { RemoveImage } from '../domain/upkeep/remove-image.ts';
import type { RemoveOrphans } from '../domain/upkeep/remove-orphans.ts';
import type { Stock } from '../domain/upkeep/stock.ts';
import type { TakeInventory } from '../domain/upkeep/take-inventory.ts';
import type { Adapters } from './adapters.ts';
import type { Config } from './config/config.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Reloads } from './reloads.ts';

/** What the container holds, by the name of its token. */
export interface Services {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly events: EventHub;
  readonly storage: StorageEngine;
  readonly upstream: Upstream;
  readonly background: Background;
  readonly admission: Admission;
  readonly links: RepositoryLinks;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly tagCheck: TagCheck;
  readonly manifestFetch: ManifestFetch;
  readonly leases: Leases;
  readonly transfers: Transfers;
  readonly blobAccess: BlobAccess;
  readonly storedBlobs: StoredBlobs;
  readonly pullManifest: PullManifest;
  readonly pullBlob: PullBlob;
  readonly listTags: ListTags;
  readonly listReferrers: ListReferrers;
  readonly listRepositories: ListRepositories;
  readonly mirror: Mirror;
  readonly accessTimes: AccessTimes;
  readonly pullLog: PullLog;
  readonly takeInventory: TakeInventory;
  readonly listImages: ListImages;
  readonly prune: Prune;
  readonly removeImage: RemoveImage;
  readonly removeOrphans: RemoveOrphans;
  readonly stock: Stock;
  readonly deleteManifest: DeleteManifest;
  readonly evictor: Evictor;
  readonly accessLog: AccessLog;
  readonly authenticator: Authenticator;
  readonly shared: SharedTransfers;
  readonly server: MirrorServer;
  readonly reloads: Reloads;
  readonly lifecycle: Lifecycle;
}

type Tokens = { readonly [K in keyof Services]: ServiceIdentifier<Services[K]> };

/** The description is what the container's messages show. */
export const TOKENS: Tokens = {
  config: Symbol('Config'),
  adapters: Symbol('Adapters'),
  version: Symbol('version'),
  logger: Symbol('Logger'),
  clock: Symbol('Clock'),
  hasher: Symbol('Hasher'),
  events: Symbol('EventHub'),
  storage: Symbol('StorageEngine'),
  upstream: Symbol('Upstream'),
  background: Symbol('Background'),
  admission: Symbol('Admission'),
  links: Symbol('RepositoryLinks'),
  shelf: Symbol('ManifestShelf'),
  tags: Symbol('TagBook'),
  tagCheck: Symbol('TagCheck'),
  manifestFetch: Symbol('ManifestFetch'),
  leases: Symbol('Leases'),
  transfers: Symbol('Transfers'),
  blobAccess: Symbol('BlobAccess'),
  storedBlobs: Symbol('StoredBlobs'),
  pullManifest: Symbol('PullManifest'),
  pullBlob: Symbol('PullBlob'),
  listTags: Symbol('ListTags'),
  listReferrers: Symbol('ListReferrers'),
  listRepositories: Symbol('ListRepositories'),
  mirror: Symbol('Mirror'),
  accessTimes: Symbol('AccessTimes'),
  pullLog: Symbol('PullLog'),
  takeInventory: Symbol('TakeInventory'),
  listImages: Symbol('ListImages'),
  prune: Symbol('Prune'),
  removeImage: Symbol('RemoveImage'),
  removeOrphans: Symbol('RemoveOrphans'),
  stock: Symbol('Stock'),
  deleteManifest: Symbol('DeleteManifest'),
  evictor: Symbol('Evictor'),
  accessLog: Symbol('AccessLog'),
  authenticator: Symbol('Authenticator'),
  shared: Symbol('SharedTransfers'),
  server: Symbol('MirrorServer'),
  reloads: Symbol('Reloads'),
  lifecycle: Symbol('Lifecycle'),
};
