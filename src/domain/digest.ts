import { DigestInvalid } from './errors.ts';

declare const brand: unique symbol;

/**
 * The name of content by its hash, `algorithm:encoded`, of a registered algorithm
 * (https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests).
 * Only {@link parseDigest} makes one, so it is always safe as part of a path.
 */
export type Digest = string & { readonly [brand]: 'Digest' };

export type DigestAlgorithm = 'sha256' | 'sha512';

const FORM: Record<DigestAlgorithm, RegExp> = {
  sha256: /^sha256:[a-f0-9]{64}$/,
  sha512: /^sha512:[a-f0-9]{128}$/,
};

/** @throws DigestInvalid if `text` is not a digest of a registered algorithm. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new DigestInvalid('the digest is not sha256: or sha512: with its hexadecimal digits', {
    detail: { digest: text },
  });
}

export function isDigest(text: string): text is Digest {
  return FORM.sha256.test(text) || FORM.sha512.test(text);
}

/** The digest with these hexadecimal digits; for hashers, whose result needs no parsing. */
export function digestOf(algorithm: DigestAlgorithm, encoded: string): Digest {
  return `${algorithm}:${encoded}` as Digest;
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** The hexadecimal part. */
export function encodedOf(digest: Digest): string {
  return digest.slice(7);
}
