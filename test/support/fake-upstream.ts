import type { Descriptor } from '../../src/domain/descriptor.ts';
import { type Digest, isDigest, parseDigest } from '../../src/domain/digest.ts';
import {
  BlobUnknown,
  ManifestUnknown,
  NameUnknown,
  UpstreamTimeout,
} from '../../src/domain/errors.ts';
import { parseManifest } from '../../src/domain/manifest.ts';
import type { Clock } from '../../src/domain/ports/clock.ts';
import type {
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../../src/domain/ports/upstream.ts';
import { type Reference, referenceText } from '../../src/domain/reference.ts';
import type { Referrer } from '../../src/domain/referrers.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { type BlobScript, FakeBlob } from './fake-blob.ts';
import type { Content } from './oci-content.ts';
import type { Image } from './oci-image.ts';
import type { ImageIndex } from './oci-index.ts';
import { SentBytes } from './sent-bytes.ts';

type Method = Exclude<keyof Upstream, 'location' | 'close' | 'probe'>;

/** A call that arrived. */
export interface Arrival {
  readonly method: Method;
  readonly repository: RepositoryName;
  /** A tag or a digest. */
  readonly what: string;
  /** Where a blob was asked for from. */
  readonly offset?: number;
  /** Up to where, if not to its end. */
  readonly end?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

interface Repository {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, FetchedManifest>;
  readonly blobs: Map<Digest, Uint8Array>;
}

/** A registry that does as it is told and counts who comes. */
export class FakeUpstream implements Upstream {
  readonly location = 'the test';
  readonly arrivals: Arrival[] = [];
  /** Every download that was answered. */
  readonly downloads: FakeBlob[] = [];
  readonly #sent: Map<Digest, SentBytes> = new Map();
  /** How the next downloads go, one after another; then as `script` says. */
  readonly scripts: BlobScript[] = [];
  script: BlobScript = {};
  /** What the referrers API answers; undefined for a registry that has none. */
  referrers: readonly Referrer[] | undefined;
  /** What any call meets in place of an answer. */
  outage: Error | undefined;
  readonly #clock: Clock;
  readonly #repositories = new Map<RepositoryName, Repository>();
  readonly #faults = new Map<Method, Error>();
  readonly #delays = new Map<Method, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts an image into a repository, under the tags if any. */
  push(repository: RepositoryName, pushed: Image | ImageIndex, ...tags: string[]): Digest {
    if ('images' in pushed) for (const image of pushed.images) this.push(repository, image);
    else
      for (const blob of [pushed.config, ...pushed.layers])
        this.pushBlob(repository, blob.bytes, blob);
    return this.pushManifest(repository, pushed.manifest, ...tags);
  }

  pushManifest(repository: RepositoryName, content: Content, ...tags: string[]): Digest {
    const digest = parseDigest(content.digest);
    const { bytes, mediaType } = content;
    this.#in(repository).manifests.set(digest, { bytes, mediaType });
    for (const tag of tags) this.#in(repository).tags.set(tag, digest);
    return digest;
  }

  pushBlob(repository: RepositoryName, bytes: Uint8Array, { digest }: { digest: string }): Digest {
    const parsed = parseDigest(digest);
    this.#in(repository).blobs.set(parsed, bytes);
    return parsed;
  }

  deleteTag(repository: RepositoryName, tag: string): void {
    this.#in(repository).tags.delete(tag);
  }

  deleteManifest(repository: RepositoryName, digest: Digest): void {
    this.#in(repository).manifests.delete(digest);
  }

  /** From now on this method fails, until it is called without a fault. */
  fail(method: Method, fault?: Error): void {
    if (fault === undefined) this.#faults.delete(method);
    else this.#faults.set(method, fault);
  }

  /** From now on an answer of this method takes so long by the clock. */
  delay(method: Method, ms: number): void {
    this.#delays.set(method, ms);
  }

  count(method: Method): number {
    return this.arrivals.filter((arrival) => arrival.method === method).length;
  }

  /** What was sent of a blob, by all downloads together. */
  sent(digest: Digest): SentBytes {
    const sent = this.#sent.get(digest) ?? new SentBytes();
    this.#sent.set(digest, sent);
    return sent;
  }

  async resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    const what = referenceText(reference);
    await this.#arrive({ method: 'resolve', repository, what, timeoutMs });
    const { tags, manifests } = this.#known(repository);
    const digest = isDigest(what) ? what : tags.get(what);
    const manifest = digest && manifests.get(digest);
    if (digest === undefined || manifest === undefined) throw unknownManifest(what);
    return parseManifest(digest, manifest.bytes, manifest.mediaType).descriptor;
  }

  async fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    await this.#arrive({ method: 'fetchManifest', repository, what: digest });
    const manifest = this.#known(repository).manifests.get(digest);
    if (manifest === undefined) throw unknownManifest(digest);
    return manifest;
  }

  async fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FakeBlob> {
    const script = this.scripts.shift() ?? this.script;
    await this.#arrive({ method: 'fetchBlob', repository, what: digest, offset, end });
    if (script.answerAfterMs !== undefined) await this.#wait(script.answerAfterMs);
    if (script.refusal !== undefined) throw script.refusal;
    const bytes = this.#blob(repository, digest);
    const blob = new FakeBlob(bytes, { offset, end }, script, this.#clock, (at, length) =>
      this.sent(digest).add(at, length),
    );
    this.downloads.push(blob);
    return blob;
  }

  async statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    await this.#arrive({ method: 'statBlob', repository, what: digest });
    return this.#blob(repository, digest).byteLength;
  }

  async listTags(repository: RepositoryName, { limit, last = '' }: PageRequest): Promise<TagPage> {
    await this.#arrive({ method: 'listTags', repository, what: last });
    const after = [...this.#known(repository).tags.keys()].sort().filter((tag) => tag > last);
    return { tags: after.slice(0, limit), more: after.length > (limit ?? after.length) };
  }

  async listReferrers(
    repository: RepositoryName,
    subject: Digest,
  ): Promise<readonly Referrer[] | undefined> {
    await this.#arrive({ method: 'listReferrers', repository, what: subject });
    return this.referrers;
  }

  probe(): Promise<void> {
    return this.outage === undefined ? Promise.resolve() : Promise.reject(this.outage);
  }

  async close(): Promise<void> {
    for (const download of this.downloads) download.cancel();
  }

  async #arrive(arrival: Arrival): Promise<void> {
    this.arrivals.push(arrival);
    const ms = this.#delays.get(arrival.method);
    const { timeoutMs = Number.POSITIVE_INFINITY } = arrival;
    if (ms !== undefined) await this.#wait(Math.min(ms, timeoutMs));
    if (ms !== undefined && ms > timeoutMs) throw new UpstreamTimeout('no answer in time');
    const fault = this.outage ?? this.#faults.get(arrival.method);
    if (fault !== undefined) throw fault;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  #in(name: RepositoryName): Repository {
    const known = this.#repositories.get(name);
    if (known !== undefined) return known;
    const repository = { tags: new Map(), manifests: new Map(), blobs: new Map() };
    this.#repositories.set(name, repository);
    return repository;
  }

  #known(name: RepositoryName): Repository {
    const repository = this.#repositories.get(name);
    if (repository === undefined) throw new NameUnknown(`there is no repository ${name}`);
    return repository;
  }

  #blob(repository: RepositoryName, digest: Digest): Uint8Array {
    const bytes = this.#known(repository).blobs.get(digest);
    if (bytes === undefined) throw new BlobUnknown(`there is no blob ${digest}`);
    return bytes;
  }
}

function unknownManifest(what: string): ManifestUnknown {
  return new ManifestUnknown(`there is no manifest ${what}`);
}
