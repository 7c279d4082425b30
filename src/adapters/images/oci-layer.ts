import { createCipheriv, createHash } from 'node:crypto';
import { type Content, contentOf, digestOf, MEDIA_TYPES } from './oci-content.ts';
import { storedGzip } from './stored-gzip.ts';
import { type TarFiles, tar } from './tar.ts';

export interface Layer extends Content {
  /** Digest of the uncompressed tar; the image config lists it, and every unpacker checks it. */
  diffId: string;
}

/** A gzip'd tar of `files`; the same files give the same digest. */
export function layer(files: TarFiles): Layer {
  const archive = tar(files);
  return { ...contentOf(MEDIA_TYPES.oci.layer, storedGzip(archive)), diffId: digestOf(archive) };
}

const PIECE = 8 * 1024 * 1024;

/** AES-CTR as generator: deterministic, incompressible, and faster than a generator in JS. */
export function randomBytesOf(length: number, seed: number): Buffer {
  const key = createHash('sha256').update(`seed ${seed}`).digest();
  const generator = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(PIECE, length));
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += PIECE) {
    bytes.set(generator.update(zeros.subarray(0, Math.min(PIECE, length - at))), at);
  }
  return bytes;
}

/** A layer of exactly `size` bytes for transfers; it is not an archive and cannot be unpacked. */
export function randomLayer(size: number, seed = 1): Layer {
  const blob = contentOf(MEDIA_TYPES.oci.layer, randomBytesOf(size, seed));
  return { ...blob, diffId: blob.digest };
}
