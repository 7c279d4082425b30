import type { Digest } from '../../src/domain/digest.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { readAll, sha256 } from './bytes.ts';
import { ALPINE, type PullParts, ref } from './pull-parts.ts';

/**
 * A whole pull by tag or digest, with the first image of an index: each manifest, and each blob to its
 * last byte, which have to have their digests. What is done behind it has ended, too.
 */
export async function pullImage(
  parts: PullParts,
  reference: string,
  repository: RepositoryName = ALPINE,
): Promise<Digest> {
  const { manifest } = await parts.pullManifest.get(repository, ref(reference));
  const { digest } = manifest.descriptor;
  mustBe(digest, sha256(manifest.bytes));
  const [child] = manifest.children;
  if (child !== undefined) await pullImage(parts, child.digest, repository);
  for (const blob of manifest.blobs) {
    const { reader } = await parts.pullBlob.open(repository, blob.digest);
    mustBe(blob.digest, sha256(await readAll(reader)));
  }
  await parts.background.idle();
  return digest;
}

function mustBe(expected: Digest, found: Digest): void {
  if (found !== expected) throw new Error(`asked for ${expected}, but got ${found}`);
}
