import type { Digest } from './digest.ts';

/** The digests of no bytes. */
const EMPTY = new Set<string>([
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

/**
 * Whether content of this size can have that digest: none but two are of no bytes. The registry
 * before 3.1 leaves empty blobs when the power fails
 * (https://github.com/distribution/distribution/issues/4489).
 */
export function canHaveSize(digest: Digest, size: number): boolean {
  return size > 0 || EMPTY.has(digest);
}
