import { NodeHasher } from '../../src/adapters/system/node-hasher.ts';
import type { RetryPolicy } from '../../src/domain/back-off.ts';
import { ASK_ON_EACH_PULL, type FreshnessPolicy } from '../../src/domain/freshness.ts';
import { SOLE_LEASES } from '../../src/domain/lease/sole-leases.ts';
import type { Manifest } from '../../src/domain/manifest.ts';
import type { Leases } from '../../src/domain/ports/leases.ts';
import { Admission } from '../../src/domain/pull/admission.ts';
import { Background } from '../../src/domain/pull/background.ts';
import { BlobAccess } from '../../src/domain/pull/blob-access.ts';
import { ManifestFetch } from '../../src/domain/pull/manifest-fetch.ts';
import { ManifestShelf } from '../../src/domain/pull/manifest-shelf.ts';
import { PullBlob } from '../../src/domain/pull/pull-blob.ts';
import { PullManifest, type PullManifestPorts } from '../../src/domain/pull/pull-manifest.ts';
import { RepositoryLinks } from '../../src/domain/pull/repository-links.ts';
import { Slots } from '../../src/domain/pull/slots.ts';
import { StoredBlobs, type Verification } from '../../src/domain/pull/stored-blobs.ts';
import { TagBook } from '../../src/domain/pull/tag-book.ts';
import { TagCheck } from '../../src/domain/pull/tag-check.ts';
import { Transfers } from '../../src/domain/pull/transfers.ts';
import { parseReference, type Reference } from '../../src/domain/reference.ts';
import { parseRepositoryName, type RepositoryName } from '../../src/domain/repository-name.ts';
import { FakeUpstream } from './fake-upstream.ts';
import { ManualClock } from './manual-clock.ts';
import { MapCache } from './map-cache.ts';
import { RecordedEvents } from './recorded-events.ts';
import { TroubledStorage } from './troubled-storage.ts';

export const ALPINE: RepositoryName = parseRepositoryName('library/alpine');
export const BUSYBOX: RepositoryName = parseRepositoryName('library/busybox');

export const TEST_RETRY: RetryPolicy = {
  retries: 3,
  baseMs: 100,
  ceilingMs: 1000,
  stallTimeoutMs: 5000,
};

/** What survives a restart. */
export interface World {
  readonly clock: ManualClock;
  readonly upstream: FakeUpstream;
  readonly storage: TroubledStorage;
}

export function world(): World {
  const clock = new ManualClock();
  const storage = new TroubledStorage(() => clock.now());
  return { clock, upstream: new FakeUpstream(clock), storage };
}

export interface PullParts extends World {
  readonly events: RecordedEvents;
  readonly background: Background;
  readonly admission: Admission;
  readonly links: RepositoryLinks;
  readonly shelf: ManifestShelf;
  readonly tags: TagBook;
  readonly check: TagCheck;
  readonly fetch: ManifestFetch;
  readonly pullManifest: PullManifest;
  readonly access: BlobAccess;
  readonly transfers: Transfers;
  readonly stored: StoredBlobs;
  readonly pullBlob: PullBlob;
  /** The manifests in memory. */
  readonly hot: MapCache<Manifest>;
}

export interface PullOptions {
  readonly policy?: Partial<FreshnessPolicy>;
  readonly maxTransfers?: number;
  readonly verification?: Verification;
  readonly gatherMs?: number;
  readonly noted?: PullManifestPorts['noted'];
  readonly leases?: Leases;
}

/** The use cases over a fake upstream, memory and a clock that stands still. */
export function pullParts(
  { policy = {}, maxTransfers = 100, gatherMs = 0, ...options }: PullOptions = {},
  { clock, upstream, storage }: World = world(),
): PullParts {
  const { verification = 'never', noted = (): void => {}, leases = SOLE_LEASES } = options;
  const { blobs, records } = storage;
  const events = new RecordedEvents();
  const background = new Background();
  const hasher = new NodeHasher();
  const hot = new MapCache<Manifest>();
  const links = new RepositoryLinks(records, new MapCache());
  const shelf = new ManifestShelf({ blobs, links, hasher, hot, listed: new MapCache() });
  const tags = new TagBook(records, new MapCache(), clock, events);
  const freshness = (): FreshnessPolicy => ({ ...ASK_ON_EACH_PULL, ...policy });
  const check = new TagCheck(
    { upstream, tags, clock, events, leases },
    { freshness, timeoutMs: 3000 },
  );
  const awaited = new MapCache<never>();
  const fetch = new ManifestFetch({
    upstream,
    shelf,
    tags,
    hasher,
    events,
    background,
    leases,
    clock,
    awaited,
  });
  const pullManifest = new PullManifest({
    upstream,
    shelf,
    tags,
    check,
    fetch,
    events,
    background,
    noted,
  });
  const access = new BlobAccess({ links, shelf, upstream, events, background });
  const admission = new Admission();
  const slots = new Slots(maxTransfers);
  const download = { upstream, clock, random: half, retry: TEST_RETRY };
  const transfers = new Transfers({
    ...download,
    blobs,
    leases,
    access,
    hasher,
    events,
    links,
    background,
    slots,
    gatherMs,
    admit: (digest, bytes) => admission.ask(digest, bytes),
  });
  const memory = { sound: new MapCache<true>(), hot: undefined };
  const stored = new StoredBlobs({ blobs, shelf, hasher, events, ...memory }, verification);
  const pullBlob = new PullBlob({ stored, access, shelf, transfers, upstream });
  const useCases = { pullManifest, access, transfers, stored, pullBlob, check };
  const parts = { admission, fetch, tags, shelf, links, hot };
  return { clock, upstream, storage, events, background, ...useCases, ...parts };
}

function half(): number {
  return 0.5;
}

/** A tag or a digest, written as clients do. */
export function ref(text: string): Reference {
  return parseReference(text);
}
