import { BodyReader } from './body-reader.ts';
import type { OpenObject } from './s3-bucket.ts';

/** All bytes of an object. */
export async function readObject({ size, body }: OpenObject): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const reader = new BodyReader(body);
  try {
    for (let at = 0; ; ) {
      const piece = await reader.next();
      if (piece === undefined && at === size) return bytes;
      if (piece === undefined) throw new Error('the object ended before its end');
      bytes.set(piece, at); // a RangeError, if there is more than was announced
      at += piece.length;
    }
  } finally {
    reader.close();
  }
}
