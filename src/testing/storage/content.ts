import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { randomBytesOf } from '../../adapters/images/oci-layer.ts';
import { type Digest, digestOf } from '../../domain/digest.ts';
import type { BlobStore, StagedBlob, StoredBlob } from '../../domain/ports/blob-store.ts';
import type { ByteReader } from '../../domain/ports/byte-reader.ts';

export const KIB = 1024;
export const MIB: number = 1024 * KIB;

export interface Content {
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** Content of `size` bytes; another one for each `seed`. */
export function content(size: number, seed = 1): Content {
  return contentOf(randomBytesOf(size, seed));
}

export function contentOf(bytes: Buffer, algorithm: 'sha256' | 'sha512' = 'sha256'): Content {
  const encoded = createHash(algorithm).update(bytes).digest('hex');
  return { bytes, digest: digestOf(algorithm, encoded) };
}

export function piecesOf(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** Stages, appends, commits and closes. */
export async function store(blobs: BlobStore, { bytes, digest }: Content): Promise<void> {
  const staged = await blobs.stage(digest);
  try {
    await staged.append(piecesOf(bytes, 300 * KIB));
    await staged.commit();
  } finally {
    staged.close();
  }
}

/** One read, with all that the port says about it checked. */
export async function readOnce(
  read: (scratch: () => Uint8Array) => Promise<Uint8Array>,
  scratchSize: number,
): Promise<Uint8Array> {
  const given: Uint8Array[] = [];
  const bytes = await read(() => {
    const scratch = new Uint8Array(scratchSize);
    given.push(scratch);
    return scratch;
  });
  assert.ok(given.length <= 1, 'scratch is called at most once');
  const [scratch] = given;
  if (scratch !== undefined) {
    assert.equal(bytes.buffer, scratch.buffer, 'what is read lies in the scratch');
    assert.ok(bytes.length > 0, 'scratch is called only if there are bytes');
  }
  return bytes;
}

/** Everything that the reader gives; views are kept to the end, so that a change would show. */
export async function readAll(reader: ByteReader, scratchSize: number = 64 * KIB): Promise<Buffer> {
  const views: Uint8Array[] = [];
  for (;;) {
    const bytes = await readOnce((scratch) => reader.read(scratch), scratchSize);
    if (bytes.length === 0) return Buffer.concat(views);
    views.push(bytes);
  }
}

/** The blob's bytes, or undefined if it is not there. */
export async function bytesOf(blobs: BlobStore, digest: Digest): Promise<Buffer | undefined> {
  const blob = await blobs.open(digest);
  if (blob === undefined) return undefined;
  try {
    return await readAll(blob);
  } finally {
    blob.close();
  }
}

/** The staged blob's bytes from `position` up to its present length. */
export async function readBack(staged: StagedBlob, position = 0): Promise<Buffer> {
  const end = staged.length;
  const views: Uint8Array[] = [];
  let at = position;
  while (at < end) {
    const bytes = await readOnce((scratch) => staged.readAt(at, scratch), 10 * KIB);
    assert.ok(bytes.length > 0, 'readAt gives at least one byte');
    views.push(bytes);
    at += bytes.length;
  }
  return Buffer.concat(views).subarray(0, end - position);
}

export async function listed(blobs: BlobStore): Promise<StoredBlob[]> {
  const found: StoredBlob[] = [];
  for await (const { digest, size } of blobs.list()) found.push({ digest, size });
  return found.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** A comparison element by element takes seconds for megabytes. */
export function sameBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  assert.ok(actual, 'there are bytes');
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.compare(actual, expected) === 0, 'the bytes are the same');
}
