import { NodeHasher } from '../../src/adapters/system/node-hasher.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { ByteReader } from '../../src/domain/ports/byte-reader.ts';
import { randomBytesOf } from './oci-layer.ts';

const hasher = new NodeHasher();

/** `length` bytes without a pattern, so that one out of place is noticed. */
export function someBytes(length: number, seed: number = 1): Uint8Array {
  return randomBytesOf(length, seed);
}

export function sha256(bytes: Uint8Array): Digest {
  return hasher.digest('sha256', bytes);
}

/** A digest of nothing in particular, for tests that never look behind it. */
export function digestNamed(name: string): Digest {
  return sha256(Buffer.from(name));
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
