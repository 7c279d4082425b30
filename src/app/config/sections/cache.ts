import { ImagePattern } from '../../../domain/image-pattern.ts';
import { type ByteSize, ByteSizeInvalid, parseByteSize } from '../../../domain/upkeep/byte-size.ts';
import type { CacheConfig } from '../config.ts';
import { listOf, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { duration, size, text } from '../value-types.ts';
import type { Values } from '../values.ts';
import { imagePattern } from './image-patterns.ts';

const maxsize = setting(size, {
  default: '90%',
  help: 'How much the cache may take: above it, the images go that were not pulled for longest. A share is one of the file system; in memory it means no limit.',
});
const lowwater = setting(size, {
  default: '90%',
  help: 'How far they go then: a size, or a share of `proxy.cache.maxsize`, which may be written `0.9` too.',
});
const keep = setting(listOf(text), {
  help: 'Images that are never removed: a list of patterns such as `library/debian:*`, written like those of `proxy.tags.rules`. One that has no tag any more is not kept.',
});

export const cache: Section = section(
  { maxsize, lowwater, keep },
  { help: 'What is kept, and what makes way.' },
);

export const ttl: Setting<number> = setting(duration, {
  default: '168h',
  help: 'How long after its last pull an image is removed; `0` for never. To the registry it counts from the first.',
});

export function cacheOf(values: Values): CacheConfig {
  const [maxSize, lowWater] = [sizeOf(values, maxsize), sizeOf(values, lowwater)];
  const isTooMuch =
    maxSize.kind === 'bytes' && lowWater.kind === 'bytes' && lowWater.bytes > maxSize.bytes;
  if (isTooMuch) values.problem(lowwater, 'must not be more than proxy.cache.maxsize');
  // The registry takes a negative one for "never", too.
  return { maxSize, lowWater, keep: keptOf(values), ttlMs: Math.max(0, values.of(ttl)) };
}

function sizeOf(values: Values, field: Setting<string>): ByteSize {
  try {
    const read = parseByteSize(field === lowwater ? asPercent(values.of(field)) : values.of(field));
    if (read.kind === 'share' || read.bytes > 0) return read;
    values.problem(field, 'must be more than 0; `100%` is no limit but the disk');
  } catch (error) {
    if (!(error instanceof ByteSizeInvalid)) throw error;
    values.problem(field, error.message);
  }
  return parseByteSize('90%');
}

/** `0.9` is 90%; nothing else that is less than a byte makes sense. */
function asPercent(written: string): string {
  const isShare = /^(0?\.\d+|1\.0+)$/.test(written.trim());
  return isShare ? `${Number((Number(written) * 100).toFixed(6))}%` : written;
}

function keptOf(values: Values): ImagePattern[] {
  const patterns: ImagePattern[] = [];
  for (const { part, value } of values.items(keep)) {
    const pattern = imagePattern(value);
    if (pattern instanceof ImagePattern) patterns.push(pattern);
    else values.partProblem(keep, part, pattern);
  }
  return patterns;
}
