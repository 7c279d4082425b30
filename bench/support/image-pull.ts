import { BenchFailure } from './bench-failure.ts';
import { ACCEPT } from './image.ts';

/** Two images of the same sizes, without a layer in common. */
const FIRST = 'library/layered';
export const NEXT = 'library/layered-next';
/** dockerd's own default. */
const AT_A_TIME = 3;

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

export interface ImagePull {
  readonly ms: number;
  /** Of all blobs. */
  readonly bytes: number;
}

/** Pulls the image of many layers as clients do: HEAD, GET, three blobs at a time. */
export async function pullLayered(
  registry: string,
  signal: AbortSignal,
  name: string = FIRST,
): Promise<ImagePull> {
  const startedAt = performance.now();
  const client = new Client(`${registry}/v2/${name}`, name, signal);
  const head = await client.ask('HEAD', 'manifests/latest');
  const digest = head.headers.get('docker-content-digest') ?? 'latest';
  const answer = await client.ask('GET', `manifests/${digest}`);
  const { config, layers } = (await answer.json()) as Manifest;
  const blobs = [config, ...layers];
  const waiting = blobs.values();
  const fetchers = Array.from({ length: AT_A_TIME }, async () => {
    for (const { digest: blob, size } of waiting) await client.blob(blob, size);
  });
  await Promise.all(fetchers);
  const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  return { ms: performance.now() - startedAt, bytes };
}

class Client {
  readonly #url: string;
  readonly #name: string;
  readonly #signal: AbortSignal;
  #headers: Record<string, string> = { accept: ACCEPT };

  constructor(url: string, name: string, signal: AbortSignal) {
    this.#url = url;
    this.#name = name;
    this.#signal = signal;
  }

  async ask(method: string, path: string): Promise<Response> {
    const url = `${this.#url}/${path}`;
    const answer = await fetch(url, { method, headers: this.#headers, signal: this.#signal });
    if (answer.ok) return answer;
    await answer.body?.cancel();
    const challenge = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || challenge === null || 'authorization' in this.#headers) {
      throw new BenchFailure(`${url} is answered with ${answer.status}`);
    }
    this.#headers = { ...this.#headers, authorization: await this.#authorization(challenge) };
    return this.ask(method, path);
  }

  async blob(digest: string, size: number): Promise<void> {
    const { body } = await this.ask('GET', `blobs/${digest}`);
    let bytes = 0;
    if (body) for await (const piece of body) bytes += (piece as Uint8Array).length;
    if (bytes !== size) throw new BenchFailure(`${digest} has ${bytes} bytes in place of ${size}`);
  }

  async #authorization(challenge: string): Promise<string> {
    const [, realm = ''] = /realm="([^"]+)"/.exec(challenge) ?? [];
    const [, service = ''] = /service="([^"]+)"/.exec(challenge) ?? [];
    const query = new URLSearchParams({ service, scope: `repository:${this.#name}:pull` });
    const answer = await fetch(`${realm}?${query.toString()}`, { signal: this.#signal });
    const { token } = (await answer.json()) as { token: string };
    return `Bearer ${token}`;
  }
}
