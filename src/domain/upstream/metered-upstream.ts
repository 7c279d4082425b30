import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../ports/upstream.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';

/** Tells how many bytes of manifests and blobs come from an upstream. */
export class MeteredUpstream implements Upstream {
  readonly #upstream: Upstream;
  readonly #onBytes: (count: number) => void;

  constructor(upstream: Upstream, onBytes: (count: number) => void) {
    this.#upstream = upstream;
    this.#onBytes = onBytes;
  }

  get location(): string {
    return this.#upstream.location;
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#upstream.resolve(repository, reference, timeoutMs);
  }

  async fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    const manifest = await this.#upstream.fetchManifest(repository, digest);
    this.#onBytes(manifest.bytes.byteLength);
    return manifest;
  }

  async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    const blob = await this.#upstream.fetchBlob(repository, digest, offset, end);
    return {
      offset: blob.offset,
      size: blob.size,
      end: blob.end,
      body: new MeteredBody(blob.body, this.#onBytes),
      cancel: () => blob.cancel(),
    };
  }

  statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#upstream.statBlob(repository, digest);
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#upstream.listTags(repository, page);
  }

  listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    return this.#upstream.listReferrers(repository, subject);
  }

  distrust(digest: Digest): boolean {
    return this.#upstream.distrust?.(digest) ?? false;
  }

  probe(): Promise<void> {
    return this.#upstream.probe();
  }

  close(): Promise<void> {
    return this.#upstream.close();
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
