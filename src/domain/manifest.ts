import type { Descriptor } from './descriptor.ts';
import { type Digest, isDigest } from './digest.ts';
import { ManifestInvalid } from './errors.ts';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  isIndexType,
  OCI_INDEX,
  OCI_MANIFEST,
  OCTET_STREAM,
} from './media-type.ts';
import { decodeUtf8 } from './utf8.ts';

/** A manifest as it was received, byte for byte, and what it names. */
export interface Manifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  /** The manifests that an index lists. */
  readonly children: readonly Descriptor[];
  /** The config and the layers of an image. */
  readonly blobs: readonly Descriptor[];
  /** The manifest that this one refers to. */
  readonly subject: Descriptor | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Clients refuse more than about this, and so does the CNCF registry; in bytes. */
export const LARGEST_MANIFEST: number = 4 * 1024 * 1024;

/**
 * Reads a manifest's bytes; `mediaType` is what the upstream called it, where that is known. The
 * digest is taken as given: whoever received the bytes has compared it.
 *
 * @throws ManifestInvalid
 */
export function parseManifest(digest: Digest, bytes: Uint8Array, mediaType?: string): Manifest {
  const json = parseObject(bytes, digest);
  const children = descriptors(json['manifests']);
  const layers = descriptors(json['layers']);
  const type = text(json['mediaType']) ?? mediaType ?? guessedType(json);
  const config = descriptor(json['config']);
  const blobs = config === undefined ? layers : [config, ...layers];
  return {
    descriptor: { mediaType: type, digest, size: bytes.byteLength },
    bytes,
    children: isIndexType(type) ? children : [],
    blobs: isIndexType(type) ? [] : blobs,
    subject: descriptor(json['subject']),
    artifactType: text(json['artifactType']) ?? config?.mediaType,
    annotations: annotations(json['annotations']),
  };
}

/**
 * The type of a manifest that does not name it: the storage layout of the CNCF registry keeps the
 * bytes alone, and the image-spec lets `mediaType` be absent.
 */
function guessedType(json: Record<string, unknown>): string {
  if (Array.isArray(json['manifests'])) {
    return isDockers(descriptors(json['manifests'])[0]) ? DOCKER_LIST : OCI_INDEX;
  }
  return isDockers(descriptor(json['config'])) ? DOCKER_MANIFEST : OCI_MANIFEST;
}

function isDockers(entry: Descriptor | undefined): boolean {
  return entry?.mediaType.startsWith('application/vnd.docker.') ?? false;
}

function parseObject(bytes: Uint8Array, digest: Digest): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new ManifestInvalid('the manifest is not JSON', { detail: { digest }, cause });
  }
  if (isObject(json)) return json;
  throw new ManifestInvalid('the manifest is not a JSON object', { detail: { digest } });
}

function descriptors(value: unknown): Descriptor[] {
  if (!Array.isArray(value)) return [];
  return value.map(descriptor).filter((found) => found !== undefined);
}

function descriptor(value: unknown): Descriptor | undefined {
  if (!isObject(value)) return undefined;
  const { digest, size } = value;
  if (typeof digest !== 'string' || !isDigest(digest)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  const artifactType = text(value['artifactType']);
  const notes = annotations(value['annotations']);
  return {
    mediaType: text(value['mediaType']) ?? OCTET_STREAM,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(notes === undefined ? {} : { annotations: notes }),
  };
}

function annotations(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(value)) return undefined;
  const texts = Object.entries(value).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  return Object.fromEntries(texts);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
