import { DemoFailure } from './demo-failure.ts';
import type { Progress } from './progress.ts';
import { shortDigest } from './units.ts';
import { request, verifiedGet } from './verified-get.ts';

/** One request of a pull. */
export interface Step {
  method: 'GET' | 'HEAD';
  path: string;
  /** What was asked for, in words. */
  what: string;
  /** Of the body. */
  bytes: number;
  ms: number;
}

export interface Pull {
  /** In the order in which they were sent. */
  steps: Step[];
  ms: number;
}

interface Descriptor {
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
}

interface Document {
  manifests?: Descriptor[];
  config?: Descriptor;
  layers?: Descriptor[];
}

/** Pulls one image as container clients do, and verifies every digest. */
export class Puller {
  readonly #registry: string;
  readonly #repository: string;
  readonly #progress: Progress;
  readonly #steps: Step[] = [];

  constructor(registry: string, repository: string, progress: Progress) {
    this.#registry = registry;
    this.#repository = repository;
    this.#progress = progress;
  }

  async pull(tag: string): Promise<Pull> {
    const begun = performance.now();
    const digest = await this.#resolve(tag);
    let manifest = await this.#document('index', digest);
    if (manifest.manifests) {
      manifest = await this.#document('manifest', forPlatform(manifest.manifests).digest);
    }
    const { config, layers } = manifest;
    if (!config || !layers) throw new DemoFailure(`${tag} is not an image`);
    await Promise.all([
      this.#blob('config', config),
      ...layers.map((layer) => this.#blob('layer', layer)),
    ]);
    return { steps: this.#steps, ms: performance.now() - begun };
  }

  #resolve(tag: string): Promise<string> {
    return this.#timed('HEAD', `manifests/${tag}`, `tag ${tag}`, async (url) => {
      const { headers } = await request('HEAD', url);
      const digest = headers.get('docker-content-digest');
      if (digest === null) throw new DemoFailure(`the answer to HEAD ${url.href} has no digest`);
      return digest;
    });
  }

  #document(kind: string, digest: string): Promise<Document> {
    const what = `${kind} ${shortDigest(digest)}`;
    return this.#timed('GET', `manifests/${digest}`, what, async (url, step) => {
      const pieces: Uint8Array[] = [];
      await verifiedGet(url, digest, (piece) => {
        pieces.push(piece);
        step.bytes += piece.length;
      });
      return JSON.parse(Buffer.concat(pieces).toString()) as Document;
    });
  }

  async #blob(kind: string, { digest, size }: Descriptor): Promise<void> {
    const what = `${kind} ${shortDigest(digest)}`;
    const advance = this.#progress.add(what.padEnd(19), size);
    await this.#timed('GET', `blobs/${digest}`, what, async (url, step) => {
      await verifiedGet(url, digest, ({ length }) => {
        advance(length);
        step.bytes += length;
      });
    });
  }

  async #timed<T>(
    method: Step['method'],
    path: string,
    what: string,
    send: (url: URL, step: Step) => Promise<T>,
  ): Promise<T> {
    const url = new URL(`/v2/${this.#repository}/${path}`, this.#registry);
    const step = { method, path: url.pathname, what, bytes: 0, ms: 0 };
    this.#steps.push(step);
    const begun = performance.now();
    const result = await send(url, step);
    step.ms = performance.now() - begun;
    return result;
  }
}

/** The entry for this machine's processor, or the first one. */
function forPlatform(manifests: Descriptor[]): Descriptor {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const found = manifests.find(({ platform }) => platform?.architecture === architecture);
  const chosen = found ?? manifests[0];
  if (!chosen) throw new DemoFailure('the index lists no image');
  return chosen;
}
