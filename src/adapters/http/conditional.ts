import type { Digest } from '../../domain/digest.ts';

/** The strong validator of content under a digest: the digest itself. */
export function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

/**
 * Whether `If-None-Match` names the content, by weak comparison (RFC 9110 §13.1.2). Clients of the
 * CNCF registry may leave the quotes off.
 */
export function isKnown(ifNoneMatch: string | undefined, digest: Digest): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((entry) => opaque(entry.trim()) === digest);
}

/**
 * Whether a `Range` is to be honoured (RFC 9110 §13.1.5): a comparison that is strong, so neither a
 * weak validator nor a date can be equal.
 */
export function isRangeWanted(ifRange: string | undefined, digest: Digest): boolean {
  return ifRange === undefined || ifRange.trim() === etagOf(digest);
}

function opaque(entry: string): string {
  const tag = entry.startsWith('W/') ? entry.slice(2) : entry;
  return tag.length >= 2 && tag.startsWith('"') && tag.endsWith('"') ? tag.slice(1, -1) : tag;
}
