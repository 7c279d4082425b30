import { LruBoundedCache } from '../../adapters/memory/lru-bounded-cache.ts';
import { LruPopularityCache } from '../../adapters/memory/lru-popularity-cache.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { BoundedCache, PopularityCache } from '../../domain/ports/bounded-cache.ts';

const MIB = 1024 * 1024;

/** What manifests may take in memory, and what one may be to be kept there; in bytes. */
const HOT_MANIFESTS = { maxBytes: 32 * MIB, maxEntryBytes: MIB };

/** The same for small blobs. */
const HOT_BLOBS = { maxBytes: 48 * MIB, maxEntryBytes: MIB };

/** How many small facts (links, sizes, tags) of each kind stay in memory. */
const FACTS = 50_000;

export function hotManifests(): BoundedCache<Manifest> {
  return new LruBoundedCache<Manifest>({ ...HOT_MANIFESTS, sizeOf: sizeOfManifest });
}

export function hotBlobs(): PopularityCache<Uint8Array> {
  return new LruPopularityCache(HOT_BLOBS.maxBytes, HOT_BLOBS.maxEntryBytes);
}

export function facts<V extends object | number | boolean>(): BoundedCache<V> {
  return new LruBoundedCache<V>({ maxBytes: FACTS, sizeOf: () => 1 });
}

/** A manifest's bytes are kept twice, as they came and as what was read out of them. */
function sizeOfManifest({ bytes }: Manifest): number {
  return 2 * bytes.byteLength + 512;
}
