import { ContainerModule } from 'inversify';
import { LruBoundedCache } from '../../adapters/memory/lru-bounded-cache.ts';
import { DEFAULT_RETRY } from '../../domain/back-off.ts';
import { ASK_ON_EACH_PULL } from '../../domain/freshness.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { BoundedCache } from '../../domain/ports/bounded-cache.ts';
import { Background } from '../../domain/pull/background.ts';
import { BlobAccess } from '../../domain/pull/blob-access.ts';
import { ListReferrers } from '../../domain/pull/list-referrers.ts';
import { ListRepositories } from '../../domain/pull/list-repositories.ts';
import { ListTags } from '../../domain/pull/list-tags.ts';
import { ManifestFetch } from '../../domain/pull/manifest-fetch.ts';
import { ManifestShelf } from '../../domain/pull/manifest-shelf.ts';
import { PullBlob } from '../../domain/pull/pull-blob.ts';
import { PullManifest } from '../../domain/pull/pull-manifest.ts';
import { PullThrough } from '../../domain/pull/pull-through.ts';
import { RepositoryLinks } from '../../domain/pull/repository-links.ts';
import { Slots } from '../../domain/pull/slots.ts';
import { StoredBlobs } from '../../domain/pull/stored-blobs.ts';
import { TagBook } from '../../domain/pull/tag-book.ts';
import { TagCheck } from '../../domain/pull/tag-check.ts';
import { Transfers } from '../../domain/pull/transfers.ts';
import { TOKENS } from '../tokens.ts';

const MIB = 1024 * 1024;

/** What manifests may take in memory, and what one may be to be kept there; in bytes. */
const HOT_MANIFESTS = { maxBytes: 32 * MIB, maxEntryBytes: MIB };

/** How many small facts (links, sizes, tags) of each kind stay in memory. */
const FACTS = 50_000;

/** A manifest's bytes are kept twice, as they came and as what was read out of them. */
function sizeOfManifest({ bytes }: Manifest): number {
  return 2 * bytes.byteLength + 512;
}

function facts<V extends object | number | boolean>(): BoundedCache<V> {
  return new LruBoundedCache<V>({ maxBytes: FACTS, sizeOf: () => 1 });
}

/** The use cases: what the domain needs, out of the ports. */
export const pullModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.background).toResolvedValue(() => new Background(), []);
  bind(t.links).toResolvedValue(
    ({ records }) => new RepositoryLinks(records, facts()),
    [t.storage],
  );
  bind(t.shelf).toResolvedValue(
    ({ blobs }, links, hasher) => {
      const hot = new LruBoundedCache<Manifest>({ ...HOT_MANIFESTS, sizeOf: sizeOfManifest });
      return new ManifestShelf({ blobs, links, hasher, hot, listed: facts() });
    },
    [t.storage, t.links, t.hasher],
  );
  bind(t.tags).toResolvedValue(
    ({ records }, clock, events) => new TagBook(records, facts(), clock, events),
    [t.storage, t.clock, t.events],
  );
  bind(t.tagCheck).toResolvedValue(
    (upstream, tags, clock, events, config) => {
      const policy = { freshness: () => ASK_ON_EACH_PULL, timeoutMs: config.tags.timeoutMs };
      return new TagCheck({ upstream, tags, clock, events }, policy);
    },
    [t.upstream, t.tags, t.clock, t.events, t.config],
  );
  bind(t.manifestFetch).toResolvedValue(
    (upstream, shelf, tags, hasher, events, background) =>
      new ManifestFetch({ upstream, shelf, tags, hasher, events, background, awaited: facts() }),
    [t.upstream, t.shelf, t.tags, t.hasher, t.events, t.background],
  );
  bind(t.pullManifest).toResolvedValue(
    (upstream, shelf, tags, check, fetch, events, background) =>
      new PullManifest({ upstream, shelf, tags, check, fetch, events, background }),
    [t.upstream, t.shelf, t.tags, t.tagCheck, t.manifestFetch, t.events, t.background],
  );
  bind(t.transfers).toResolvedValue(
    (upstream, { blobs }, links, clock, hasher, events, background) => {
      const retry = DEFAULT_RETRY;
      const { random } = Math;
      const download = { upstream, clock, random, retry };
      const slots = new Slots(64);
      return new Transfers({ ...download, blobs, hasher, events, links, background, slots });
    },
    [t.upstream, t.storage, t.links, t.clock, t.hasher, t.events, t.background],
  );
  bind(t.blobAccess).toResolvedValue(
    (links, shelf, upstream, events, background) =>
      new BlobAccess({ links, shelf, upstream, events, background }),
    [t.links, t.shelf, t.upstream, t.events, t.background],
  );
  bind(t.storedBlobs).toResolvedValue(
    ({ blobs }, shelf, hasher, events) =>
      new StoredBlobs({ blobs, shelf, hasher, events, sound: facts() }, 'never'),
    [t.storage, t.shelf, t.hasher, t.events],
  );
  bind(t.pullBlob).toResolvedValue(
    (stored, access, shelf, transfers, upstream) =>
      new PullBlob({ stored, access, shelf, transfers, upstream }),
    [t.storedBlobs, t.blobAccess, t.shelf, t.transfers, t.upstream],
  );
  bind(t.listTags).toResolvedValue(
    (upstream, tags) => new ListTags(upstream, tags),
    [t.upstream, t.tags],
  );
  bind(t.listReferrers).toResolvedValue(
    (upstream, pullManifest) => new ListReferrers({ upstream, pullManifest, latest: facts() }),
    [t.upstream, t.pullManifest],
  );
  bind(t.listRepositories).toResolvedValue((links) => new ListRepositories(links), [t.links]);
  bind(t.mirror).toResolvedValue(
    (pullManifest, pullBlob, listTags, listReferrers, listRepositories) =>
      new PullThrough({ pullManifest, pullBlob, listTags, listReferrers, listRepositories }),
    [t.pullManifest, t.pullBlob, t.listTags, t.listReferrers, t.listRepositories],
  );
});
