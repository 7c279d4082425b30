import * as assert from 'uvu/assert';
import { digestOf } from '../../support/oci-content.ts';

interface ImageManifest {
  config: { digest: string };
  layers: { digest: string }[];
}

/** The manifest's digest and what it lists. */
export async function manifestOf(
  url: string,
  repository: string,
  reference: string,
): Promise<ImageManifest & { digest: string }> {
  const answer = await fetch(`${url}/v2/${repository}/manifests/${reference}`);
  assert.is(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { digest: digestOf(bytes), ...(JSON.parse(bytes.toString()) as ImageManifest) };
}

/** Fetches an image as a client would, compares every digest, and returns that of the manifest. */
export async function pull(url: string, repository: string, tag: string): Promise<string> {
  const { digest, config, layers } = await manifestOf(url, repository, tag);
  for (const blob of [config, ...layers]) {
    const answer = await fetch(`${url}/v2/${repository}/blobs/${blob.digest}`);
    assert.is(digestOf(Buffer.from(await answer.arrayBuffer())), blob.digest);
  }
  return digest;
}
