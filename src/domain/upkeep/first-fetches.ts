import { isDigest } from '../digest.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { isRepositoryName } from '../repository-name.ts';
import { decodeUtf8 } from '../utf8.ts';
import type { AccessTimes } from './access-times.ts';

/**
 * Where the CNCF registry in proxy mode keeps when what it has fetched expires: an object of
 * `REPOSITORY@DIGEST` and `{Key, ExpiryData, EntryType}`, a time in RFC 3339, and 1 for a manifest
 * (distribution `registry/proxy/scheduler/scheduler.go`).
 */
const SCHEDULER_STATE = 'scheduler-state.json';
const MANIFEST = 1;

/** What it counts from the first fetch, unless told. */
const REGISTRYS_TTL_MS = 168 * 3_600_000;

/**
 * Takes the times when a registry first fetched its manifests for those of pulls. One that was killed
 * leaves an empty file: what is broken says nothing.
 *
 * @param ttlMs what it was told to count from the first fetch; 0 if that is not known
 * @throws StorageFailed
 */
export async function learnFirstFetches(
  records: RecordStore,
  times: AccessTimes,
  ttlMs: number,
): Promise<void> {
  const state = parsed(await records.get(SCHEDULER_STATE));
  for (const [key, entry] of Object.entries(state)) {
    const [repository = '', digest = ''] = key.split('@');
    const expiresMs = expiry(entry);
    if (expiresMs === undefined || !isRepositoryName(repository) || !isDigest(digest)) continue;
    const fetchedMs = expiresMs - (ttlMs > 0 ? ttlMs : REGISTRYS_TTL_MS);
    times.learnPull(repository, digest, fetchedMs);
  }
}

function parsed(bytes: Uint8Array | undefined): object {
  if (bytes === undefined) return {};
  try {
    const json: unknown = JSON.parse(decodeUtf8(bytes));
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {}; // neither text nor JSON
  }
}

/** Undefined for what is no manifest's. */
function expiry(entry: unknown): number | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { ExpiryData: expires, EntryType: type } = entry as Record<string, unknown>;
  const ms = typeof expires === 'string' && type === MANIFEST ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
