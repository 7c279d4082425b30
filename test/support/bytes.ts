import { NodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { type Digest, parseDigest } from '../../src/domain/digest.ts';
import type { ByteReader } from '../../src/domain/ports/byte-reader.ts';

const hasher = new NodeHasher();

/** `length` bytes of which no two neighbours are alike, so that a byte out of place is noticed. */
export function someBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): Digest {
  return hasher.digest('sha256', bytes);
}

/** A digest of nothing in particular, for tests that never look behind it. */
export function digestNamed(name: string): Digest {
  return sha256(Buffer.from(name));
}

export function asDigest(text: string): Digest {
  return parseDigest(text);
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** What a reader gives, to its end; closes it. The scratch memory is reused, as HTTP does. */
export async function readAll(
  reader: ByteReader,
  scratchSize: number = 64 * 1024,
): Promise<Uint8Array> {
  const memory = new Uint8Array(scratchSize);
  const pieces: Uint8Array[] = [];
  try {
    for (;;) {
      const piece = await reader.read(() => memory);
      if (piece.byteLength === 0) return Buffer.concat(pieces);
      pieces.push(Uint8Array.from(piece));
    }
  } finally {
    reader.close();
  }
}
