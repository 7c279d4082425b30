import { digestOf } from '../../support/oci-content.ts';

interface Document {
  manifests?: { digest: string }[];
  config?: { digest: string };
  layers?: { digest: string }[];
}

/**
 * Pulls an image as podman does, and tells what came of it: `whole`; `whole, stale`; what was refused
 * with which status and code, such as `manifest 502 UNAVAILABLE`; or what broke off, such as
 * `blob broken`. Wrong bytes that look complete are an error.
 */
export async function tryPull(url: string, repository: string, tag: string): Promise<string> {
  try {
    const base = `${url}/v2/${repository}`;
    const { bytes, stale } = await fetchPart('manifest', `${base}/manifests/${tag}`);
    const index = parse(bytes);
    const child = index.manifests?.[0]?.digest;
    const image =
      child === undefined
        ? index
        : parse((await fetchPart('manifest', `${base}/manifests/${child}`, child)).bytes);
    const blobs = [image.config, ...(image.layers ?? [])].flatMap((each) => each?.digest ?? []);
    for (const digest of blobs) await fetchPart('blob', `${base}/blobs/${digest}`, digest);
    return stale ? 'whole, stale' : 'whole';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

class Refusal extends Error {}

async function fetchPart(
  what: 'manifest' | 'blob',
  url: string,
  digest?: string,
): Promise<{ bytes: Uint8Array; stale: boolean }> {
  const answer = await fetch(url);
  if (!answer.ok) {
    const { errors } = (await answer.json()) as { errors: [{ code: string }] };
    throw new Refusal(`${what} ${answer.status} ${errors[0].code}`);
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch {
    throw new Refusal(`${what} broken`);
  }
  const expected = digest ?? answer.headers.get('docker-content-digest');
  if (digestOf(bytes) !== expected) throw new Error(`${url} gave wrong bytes as complete`);
  return { bytes, stale: answer.headers.get('warning')?.startsWith('110 ') ?? false };
}

function parse(bytes: Uint8Array): Document {
  return JSON.parse(Buffer.from(bytes).toString()) as Document;
}
