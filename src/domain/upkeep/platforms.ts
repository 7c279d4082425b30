import type { Digest } from '../digest.ts';
import { isDigest } from '../digest.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { readWhole } from '../pull/read-whole.ts';
import { decodeUtf8 } from '../utf8.ts';

/** Attestations are listed in an index as images for this one. */
const NONE = 'unknown/unknown';

/**
 * The platforms that an image is for, such as `linux/arm64/v8`, as far as it is in storage: an index
 * says it of those that it lists, an image's own config says it of that one.
 *
 * @throws StorageFailed
 */
export async function platformsOf(blobs: BlobStore, manifest: Digest): Promise<string[]> {
  const found = await platformsIn(blobs, manifest);
  return [...new Set(found)].filter((platform) => platform !== NONE);
}

async function platformsIn(blobs: BlobStore, manifest: Digest): Promise<string[]> {
  const { manifests, config } = await read(blobs, manifest);
  if (!Array.isArray(manifests)) return platformIn(await readListed(blobs, config));
  const found: string[] = [];
  for (const child of manifests.map(asObject)) {
    const digest = digestIn(child);
    if (digest === undefined || (await blobs.stat(digest)) === undefined) continue;
    // One that does not say it may be an image that does.
    const said = platformIn(asObject(child['platform']));
    const isAsked = said.length === 0 && digest !== manifest;
    found.push(...(isAsked ? platformIn(await readConfig(blobs, digest)) : said));
  }
  return found;
}

async function readConfig(blobs: BlobStore, manifest: Digest): Promise<Json> {
  const { config } = await read(blobs, manifest);
  return readListed(blobs, config);
}

type Json = Readonly<Record<string, unknown>>;

async function readListed(blobs: BlobStore, descriptor: unknown): Promise<Json> {
  const digest = digestIn(asObject(descriptor));
  return digest === undefined ? {} : read(blobs, digest);
}

/** Nothing of what is not here, or not JSON: an artifact's config may be anything. */
async function read(blobs: BlobStore, digest: Digest): Promise<Json> {
  const blob = await blobs.open(digest);
  const bytes = blob && (await readWhole(blob));
  if (bytes === undefined) return {};
  try {
    return asObject(JSON.parse(decodeUtf8(bytes)));
  } catch {
    return {};
  }
}

function platformIn({ os, architecture, variant }: Json): string[] {
  if (typeof os !== 'string' || typeof architecture !== 'string') return [];
  const parts = [os, architecture, ...(typeof variant === 'string' ? [variant] : [])];
  return [parts.filter((part) => part !== '').join('/')];
}

function digestIn({ digest }: Json): Digest | undefined {
  return typeof digest === 'string' && isDigest(digest) ? digest : undefined;
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
