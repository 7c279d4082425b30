import type { OpenFile } from './open-file.ts';

/**
 * Writes the pieces one after another from `position` on, and tells how many bytes that were. The
 * system may write less than it was asked to, for example when the disk is about to be full.
 */
export async function writeAll(
  file: OpenFile,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<number> {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let rest = pieces;
  let written = 0;
  while (written < total) {
    const count = await file.write(rest, position + written);
    written += count;
    if (written < total) rest = without(rest, count);
  }
  return total;
}

/** The pieces without their first `count` bytes. */
function without(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (piece.length > skip) rest.push(piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
  }
  return rest;
}
