import type { Digest, DigestAlgorithm } from '../digest.ts';

/** A digest in the making. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** The digest of all bytes so far; nothing can be added after it. */
  digest(): Digest;
}

export interface Hasher {
  start(algorithm: DigestAlgorithm): Hash;
  /** The digest of bytes that are all here. */
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Digest;
}
