import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure } from './bench-failure.ts';
import type { Hub } from './hub.ts';

const REPOSITORY = 'library/bench';
const MANY = 'library/many';
const TAG = 'latest';

/** What current clients send; the registry answers with an old form to those who send less. */
export const ACCEPT: string = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export interface BlobAt {
  readonly url: string;
  readonly digest: string;
  readonly size: number;
}

/** The Hub double's image for benchmarks, as one mirror serves it. */
export interface BenchImage {
  readonly byTag: string;
  readonly byDigest: string;
  /** 256 MiB. */
  readonly large: BlobAt;
  /** 256 KiB. */
  readonly small: BlobAt;
}

interface Manifest {
  readonly layers: readonly { digest: string; size: number }[];
}

const WARM_ATTEMPTS = 10;
const SETTLING_MS = 500;

/** Pulls the image of many small layers, each of them verified. */
export async function pullMany(mirror: string, signal: AbortSignal): Promise<readonly BlobAt[]> {
  const base = `${mirror}/v2/${MANY}`;
  const blobs = blobsIn(base, await get(`${base}/manifests/${TAG}`, signal));
  for (const blob of blobs) await verify(blob, signal);
  return blobs;
}

/** Pulls the manifest by its tag, and no blob. */
export async function pullManifest(mirror: string, signal: AbortSignal): Promise<BenchImage> {
  const base = `${mirror}/v2/${REPOSITORY}`;
  const byTag = `${base}/manifests/${TAG}`;
  const bytes = await get(byTag, signal);
  const [large, small] = blobsIn(base, bytes);
  if (!large || !small) throw new BenchFailure(`${byTag} is not the image for benchmarks`);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { byTag, byDigest: `${base}/manifests/${digest}`, large, small };
}

/**
 * Pulls the image until the mirror holds it, which is when the Hub sends no more of its blobs:
 * mirrors go on storing after the client has everything.
 */
export async function pullUntilWarm(
  mirror: string,
  hub: Hub,
  signal: AbortSignal,
): Promise<BenchImage> {
  const image = await pullManifest(mirror, signal);
  for (let attempt = 0; attempt < WARM_ATTEMPTS; attempt++) {
    await hub.forget(signal);
    await get(image.byDigest, signal);
    await verify(image.small, signal);
    await verify(image.large, signal);
    const { blobBytes } = await hub.seen(signal);
    await sleep(SETTLING_MS, undefined, { signal });
    if (blobBytes === 0) return image;
  }
  throw new BenchFailure(`${mirror} asks the Hub for each blob again and again`);
}

function blobsIn(base: string, manifest: Uint8Array): readonly BlobAt[] {
  const { layers } = JSON.parse(Buffer.from(manifest).toString()) as Manifest;
  return layers.map((layer) => ({ url: `${base}/blobs/${layer.digest}`, ...layer }));
}

async function get(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const answer = await fetch(url, { headers: { accept: ACCEPT }, signal });
  if (!answer.ok) throw new BenchFailure(`${url} is answered with ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** A mirror that is fast and wrong is not worth measuring. */
async function verify({ url, digest }: BlobAt, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { signal });
  if (!answer.ok || !answer.body) {
    throw new BenchFailure(`${url} is answered with ${answer.status}`);
  }
  const hash = createHash('sha256');
  for await (const piece of answer.body) hash.update(piece as Uint8Array);
  if (`sha256:${hash.digest('hex')}` !== digest) throw new BenchFailure(`${url} sends other bytes`);
}
