import { ContainerModule } from 'inversify';
import { policyFor } from '../../domain/freshness.ts';
import { LeasesAmongOthers } from '../../domain/lease/leases-among-others.ts';
import { RecordLeases } from '../../domain/lease/record-leases.ts';
import { SOLE_LEASES } from '../../domain/lease/sole-leases.ts';
import { Admission } from '../../domain/pull/admission.ts';
import { Background } from '../../domain/pull/background.ts';
import { BlobAccess } from '../../domain/pull/blob-access.ts';
import { ListReferrers } from '../../domain/pull/list-referrers.ts';
import { ListRepositories } from '../../domain/pull/list-repositories.ts';
import { ListTags } from '../../domain/pull/list-tags.ts';
import { ManifestFetch } from '../../domain/pull/manifest-fetch.ts';
import { ManifestShelf } from '../../domain/pull/manifest-shelf.ts';
import { PARTS } from '../../domain/pull/parallel-download.ts';
import { PullBlob } from '../../domain/pull/pull-blob.ts';
import { PullManifest, type PullManifestPorts } from '../../domain/pull/pull-manifest.ts';
import { PullThrough } from '../../domain/pull/pull-through.ts';
import { RepositoryLinks } from '../../domain/pull/repository-links.ts';
import { Slots } from '../../domain/pull/slots.ts';
import { StoredBlobs } from '../../domain/pull/stored-blobs.ts';
import { type TagAnswer, TagBook } from '../../domain/pull/tag-book.ts';
import { TagCheck, type TagPolicy } from '../../domain/pull/tag-check.ts';
import { Transfers } from '../../domain/pull/transfers.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';
import { facts, hotBlobs, hotManifests } from './caches.ts';
import { retryPolicy } from './retry.ts';

/** Short beside a network's round trip, long beside the time in which 64 KiB come; in milliseconds. */
const GATHER_MS = 5;

/** The use cases: what the domain needs, out of the ports. */
export const pullModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.background).toResolvedValue(() => new Background(), []);
  bind(t.admission).toResolvedValue(() => new Admission(), []);
  bind(t.links).toResolvedValue(
    ({ records }) => new RepositoryLinks(records, facts()),
    [t.storage],
  );
  bind(t.shelf).toResolvedValue(
    ({ blobs }, links, hasher) => {
      return new ManifestShelf({ blobs, links, hasher, hot: hotManifests(), listed: facts() });
    },
    [t.storage, t.links, t.hasher],
  );
  bind(t.tags).toResolvedValue(
    ({ records }, clock, events) => new TagBook(records, facts(), clock, events),
    [t.storage, t.clock, t.events],
  );
  bind(t.tagCheck).toResolvedValue(
    (upstream, tags, clock, events, shared, config) => {
      // For a HEAD to be saved, a bucket would be asked four times.
      const leases = config.storage.driver === 's3' ? SOLE_LEASES : shared;
      const ports = { upstream, tags, clock, events, leases };
      return new TagCheck(ports, tagPolicy(config));
    },
    [t.upstream, t.tags, t.clock, t.events, t.leases, t.config],
  );
  bind(t.manifestFetch).toResolvedValue(
    (upstream, shelf, tags, hasher, events, background, leases, clock) => {
      const kept = { shelf, tags, awaited: facts<readonly TagAnswer[]>() };
      return new ManifestFetch({ ...kept, upstream, hasher, events, background, leases, clock });
    },
    [t.upstream, t.shelf, t.tags, t.hasher, t.events, t.background, t.leases, t.clock],
  );
  bind(t.pullManifest).toResolvedValue(
    (upstream, shelf, tags, check, fetch, events, background, pullLog) => {
      const noted: PullManifestPorts['noted'] = (...pull) => pullLog.pulled(...pull);
      return new PullManifest({ upstream, shelf, tags, check, fetch, events, background, noted });
    },
    [t.upstream, t.shelf, t.tags, t.tagCheck, t.manifestFetch, t.events, t.background, t.pullLog],
  );
  bind(t.leases).toResolvedValue(
    ({ records, owners }, clock, events) => {
      if (owners === undefined) return SOLE_LEASES;
      const leases = new RecordLeases({ records, owners, clock, events, random: Math.random });
      if (owners.isAlone === undefined) return leases;
      const isAlone = owners.isAlone.bind(owners);
      return new LeasesAmongOthers({ leases, self: owners.self, isAlone, clock });
    },
    [t.storage, t.clock, t.events],
  );
  bind(t.transfers).toResolvedValue(
    (upstream, { blobs }, links, access, leases, clock, hasher, events, background, ...rest) => {
      const [config, admission] = rest;
      const retry = retryPolicy(config);
      const { random } = Math;
      const parallel = { ...PARTS, atOnce: config.upstream.parallel };
      const download = { upstream, clock, random, retry, parallel };
      const slots = new Slots(config.http.limits.transfers);
      return new Transfers({
        ...download,
        gatherMs: GATHER_MS,
        blobs,
        leases,
        access,
        hasher,
        events,
        links,
        background,
        slots,
        admit: (digest, bytes) => admission.ask(digest, bytes),
      });
    },
    [
      t.upstream,
      t.storage,
      t.links,
      t.blobAccess,
      t.leases,
      t.clock,
      t.hasher,
      t.events,
      t.background,
      t.config,
      t.admission,
    ],
  );
  bind(t.blobAccess).toResolvedValue(
    (links, shelf, upstream, events, background) =>
      new BlobAccess({ links, shelf, upstream, events, background }),
    [t.links, t.shelf, t.upstream, t.events, t.background],
  );
  bind(t.storedBlobs).toResolvedValue(
    ({ blobs }, shelf, hasher, events, { verification, storage }) => {
      const hot = storage.driver === 'inmemory' ? undefined : hotBlobs();
      const ports = { blobs, shelf, hasher, events, sound: facts<true>(), hot };
      return new StoredBlobs(ports, verification);
    },
    [t.storage, t.shelf, t.hasher, t.events, t.config],
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
    (pullManifest, pullBlob, listTags, listReferrers, listRepositories, deleteManifest) => {
      const lists = { listTags, listReferrers, listRepositories };
      return new PullThrough({ pullManifest, pullBlob, ...lists, deleteManifest });
    },
    [t.pullManifest, t.pullBlob, t.listTags, t.listReferrers, t.listRepositories, t.deleteManifest],
  );
});

function tagPolicy({ tags }: Config): TagPolicy {
  const { rules, freshness, timeoutMs } = tags;
  return {
    freshness: (repository, tag) => policyFor(rules, freshness, repository, tag),
    timeoutMs,
  };
}
