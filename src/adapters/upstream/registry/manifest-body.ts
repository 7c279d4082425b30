import type { Digest } from '../../../domain/digest.ts';
import { ManifestInvalid, UpstreamBadAnswer } from '../../../domain/errors.ts';
import { LARGEST_MANIFEST, type Manifest, parseManifest } from '../../../domain/manifest.ts';
import { requireContent } from './answer-failure.ts';
import { type HttpAnswer, readBody } from './http-answer.ts';

/** The bytes of a manifest, or of another document of that kind. */
export async function readManifest(answer: HttpAnswer): Promise<Buffer> {
  requireContent(answer);
  const bytes = await readBody(answer, LARGEST_MANIFEST);
  answer.settle();
  return bytes;
}

/**
 * What an answer's bytes say.
 *
 * @throws UpstreamBadAnswer
 */
export function understood(
  answer: HttpAnswer,
  { digest, bytes, mediaType }: { digest: Digest; bytes: Buffer; mediaType: string | undefined },
): Manifest {
  try {
    return parseManifest(digest, bytes, mediaType);
  } catch (error) {
    if (!(error instanceof ManifestInvalid)) throw error;
    const { host } = answer.url;
    const detail = { host, digest };
    throw new UpstreamBadAnswer(`${host} sent what is no manifest`, { detail, cause: error });
  }
}
