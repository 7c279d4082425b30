import type { Digest } from '../digest.ts';
import type { FetchedBlob, FetchedManifest, Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';
import { DelegatingUpstream } from './delegating-upstream.ts';

/** Tells how many bytes of manifests and blobs come from an upstream. */
export class MeteredUpstream extends DelegatingUpstream {
  readonly #onBytes: (count: number) => void;

  constructor(upstream: Upstream, onBytes: (count: number) => void) {
    super(upstream);
    this.#onBytes = onBytes;
  }

  override async fetchManifest(
    repository: RepositoryName,
    digest: Digest,
  ): Promise<FetchedManifest> {
    const manifest = await super.fetchManifest(repository, digest);
    this.#onBytes(manifest.bytes.byteLength);
    return manifest;
  }

  override async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    const blob = await super.fetchBlob(repository, digest, offset, end);
    return {
      offset: blob.offset,
      size: blob.size,
      end: blob.end,
      body: new MeteredBody(blob.body, this.#onBytes),
      cancel: () => blob.cancel(),
    };
  }
}

/** Not a generator: one that is left while it waits would leave what it reads waiting. */
class MeteredBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #onBytes: (count: number) => void;

  constructor(body: AsyncIterable<Uint8Array>, onBytes: (count: number) => void) {
    this.#body = body;
    this.#onBytes = onBytes;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const pieces = this.#body[Symbol.asyncIterator]();
    return {
      next: async () => {
        const result = await pieces.next();
        if (result.done !== true) this.#onBytes(result.value.byteLength);
        return result;
      },
      return: async (value) => {
        return (await pieces.return?.(value)) ?? { done: true, value };
      },
    };
  }
}
