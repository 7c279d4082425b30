import { LARGEST_MANIFEST } from '../manifest.ts';
import type { OpenBlob } from '../ports/blob-store.ts';

/** The bytes of a blob; undefined for one that is too large to be a manifest. */
export async function readWhole(blob: OpenBlob): Promise<Uint8Array | undefined> {
  try {
    if (blob.size > LARGEST_MANIFEST) return undefined;
    const bytes = new Uint8Array(blob.size);
    let length = 0;
    while (length < bytes.byteLength) {
      const room = bytes.subarray(length);
      const piece = await blob.read(() => room);
      if (piece.byteLength === 0) return bytes.subarray(0, length);
      if (piece.buffer !== bytes.buffer) bytes.set(piece, length);
      length += piece.byteLength;
    }
    return bytes;
  } finally {
    blob.close();
  }
}
