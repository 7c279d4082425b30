import { digestOf } from './oci-content.ts';

/** What clients accept as manifest. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

interface ManifestDocument {
  manifests?: { digest: string; platform?: { architecture: string } }[];
  config?: { digest: string };
  layers?: { digest: string }[];
}

/** What a pull brought: digests, each verified. */
export interface Pulled {
  /** Of what the tag stands for. */
  digest: string;
  blobs: string[];
}

/** As dockerd and containerd pull: HEAD for the digest, then everything by digest. */
export async function pullByDigest(url: string, repository: string, tag: string): Promise<Pulled> {
  const head = await ask(`${url}/v2/${repository}/manifests/${tag}`, 'HEAD');
  const digest = head.headers.get('docker-content-digest') ?? '';
  return pullBelow(url, repository, digest, await verified(url, repository, 'manifests', digest));
}

/** As podman, buildah and skopeo pull: GET of the tag, then what is below by digest. */
export async function pullByTag(url: string, repository: string, tag: string): Promise<Pulled> {
  const bytes = await body(await ask(`${url}/v2/${repository}/manifests/${tag}`));
  return pullBelow(url, repository, digestOf(bytes), bytes);
}

/** The manifest or blob of this digest; fails if its bytes have another. */
export async function verified(
  url: string,
  repository: string,
  kind: 'manifests' | 'blobs',
  digest: string,
): Promise<Uint8Array> {
  const bytes = await body(await ask(`${url}/v2/${repository}/${kind}/${digest}`));
  const found = digestOf(bytes);
  if (found !== digest) throw new Error(`asked for ${digest}, but got ${found}`);
  return bytes;
}

async function pullBelow(
  url: string,
  repository: string,
  digest: string,
  bytes: Uint8Array,
): Promise<Pulled> {
  const { manifests, config, layers = [] } = read(bytes);
  if (manifests !== undefined) {
    const child = manifests.find(({ platform }) => platform?.architecture === 'amd64');
    if (child === undefined) throw new Error('no image for amd64');
    const below = await verified(url, repository, 'manifests', child.digest);
    return { ...(await pullBelow(url, repository, child.digest, below)), digest };
  }
  const blobs = [config, ...layers].flatMap((each) => (each ? [each.digest] : []));
  await Promise.all(blobs.map((blob) => verified(url, repository, 'blobs', blob)));
  return { digest, blobs };
}

function read(bytes: Uint8Array): ManifestDocument {
  return JSON.parse(Buffer.from(bytes).toString()) as ManifestDocument;
}

async function ask(url: string, method = 'GET'): Promise<Response> {
  const answer = await fetch(url, { method, headers: { accept: ACCEPT } });
  if (answer.ok) return answer;
  throw new Error(`${method} ${url} was answered with ${answer.status}: ${await answer.text()}`);
}

async function body(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}
