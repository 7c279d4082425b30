import { type Digest, isDigest } from '../digest.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** When manifests of one repository were last pulled, in milliseconds. */
export type Pulls = Iterable<readonly [manifest: Digest, pulledMs: number]>;

/** A repository's record: an object with a time for each digest, `{"sha256:...": 1700000000000}`. */
export function accessRecord(pulls: Pulls): Uint8Array {
  return encodeUtf8(JSON.stringify(Object.fromEntries(pulls)));
}

/**
 * What a record says. One that is broken, or cut off, says nothing; an entry that is none is left
 * out. A time to come is taken for now: a host whose clock is wrong must not keep an image for ever.
 */
export function* readAccessRecord(bytes: Uint8Array | undefined, nowMs: number): Pulls {
  for (const [digest, time] of Object.entries(parsed(bytes))) {
    const isTime = typeof time === 'number' && Number.isFinite(time) && time >= 0;
    if (isTime && isDigest(digest)) yield [digest, Math.min(time, nowMs)];
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
