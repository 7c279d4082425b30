import { createHash } from 'node:crypto';
import {
  type ByteRange,
  type ResolvedRange,
  resolveRange,
} from '../../../src/domain/byte-range.ts';
import { type Digest, digestOf } from '../../../src/domain/digest.ts';
import { BlobUnknown, ManifestUnknown } from '../../../src/domain/errors.ts';
import { type Manifest, parseManifest } from '../../../src/domain/manifest.ts';
import type { BlobFile } from '../../../src/domain/ports/blob-store.ts';
import type { ByteReader } from '../../../src/domain/ports/byte-reader.ts';
import type {
  Mirror,
  RepositoryPage,
  ResolvedManifest,
  ServedBlob,
  ServedManifest,
  Source,
} from '../../../src/domain/ports/mirror.ts';
import type { PageRequest, TagPage } from '../../../src/domain/ports/upstream.ts';
import { type Reference, referenceText } from '../../../src/domain/reference.ts';
import type { Referrer } from '../../../src/domain/referrers.ts';
import { TrackedReader } from './readers.ts';

export function sha256(bytes: Uint8Array | string): Digest {
  return digestOf('sha256', createHash('sha256').update(bytes).digest('hex'));
}

/** A mirror whose answers a test decides, and which notes what it was asked for. */
export class FakeMirror implements Mirror {
  readonly calls: string[] = [];
  readonly readers: TrackedReader[] = [];
  readonly #manifests = new Map<string, Manifest>();
  readonly #blobs = new Map<string, Uint8Array>();
  /** Where blobs are, by repository and digest, that are not served from here. */
  readonly locations: Map<string, string> = new Map<string, string>();
  /** Which of the manifests and blobs are in memory. */
  readonly held: Set<Digest> = new Set<Digest>();
  /** Files of blobs, by repository and digest, that a proxy can send. */
  readonly files: Map<string, BlobFile> = new Map<string, BlobFile>();
  tags: readonly string[] = [];
  repositories: readonly string[] = [];
  referrers: readonly Referrer[] = [];
  source: Source = 'hit';
  ageMs: number | undefined;
  /** Rejects whatever is asked. */
  failure: unknown;
  /** What a manifest has to wait for. */
  manifestGate: Promise<void> | undefined;
  /** What opening a blob has to wait for. */
  gate: Promise<void> | undefined;
  /** Whether a blob's size is announced. */
  isSizeKnown = true;
  /** Takes the place of a blob's ordinary reader. */
  readerOf: ((bytes: Uint8Array, range: ResolvedRange | undefined) => ByteReader) | undefined;

  addManifest(repository: string, tag: string, json: object): Manifest {
    const bytes = Buffer.from(JSON.stringify(json));
    const manifest = parseManifest(sha256(bytes), bytes);
    this.#manifests.set(`${repository} ${tag}`, manifest);
    this.#manifests.set(`${repository} ${manifest.descriptor.digest}`, manifest);
    return manifest;
  }

  addBlob(repository: string, bytes: Uint8Array): Digest {
    const digest = sha256(bytes);
    this.#blobs.set(`${repository} ${digest}`, bytes);
    return digest;
  }

  async resolveManifest(repository: string, reference: Reference): Promise<ResolvedManifest> {
    this.#note('resolveManifest', repository, referenceText(reference));
    const { descriptor } = this.#manifest(repository, reference);
    const age = this.ageMs === undefined ? {} : { ageMs: this.ageMs };
    return { descriptor, source: this.source, ...age };
  }

  async getManifest(repository: string, reference: Reference): Promise<ServedManifest> {
    this.#note('getManifest', repository, referenceText(reference));
    await this.manifestGate;
    const manifest = this.#manifest(repository, reference);
    const age = this.ageMs === undefined ? {} : { ageMs: this.ageMs };
    return { manifest, descriptor: manifest.descriptor, source: this.source, ...age };
  }

  async deleteManifest(repository: string, reference: Reference): Promise<void> {
    this.#note('deleteManifest', repository, referenceText(reference));
    this.#manifest(repository, reference);
    this.#manifests.delete(`${repository} ${referenceText(reference)}`);
  }

  heldManifest(repository: string, digest: Digest): ServedManifest | undefined {
    if (!this.held.has(digest)) return undefined;
    this.#note('heldManifest', repository, digest);
    const manifest = this.#manifest(repository, { kind: 'digest', digest });
    return { manifest, descriptor: manifest.descriptor, source: this.source };
  }

  async statBlob(repository: string, digest: Digest): Promise<number> {
    this.#note('statBlob', repository, digest);
    return this.#blob(repository, digest).length;
  }

  async openBlob(repository: string, digest: Digest, asked?: ByteRange): Promise<ServedBlob> {
    this.#note('openBlob', repository, digest);
    await this.gate;
    const bytes = this.#blob(repository, digest);
    const range = asked && resolveRange(asked, bytes.length);
    const part = range === undefined ? bytes : bytes.subarray(range.first, range.last + 1);
    const reader = new TrackedReader(part, this.readerOf?.(part, range));
    this.readers.push(reader);
    const size = this.isSizeKnown ? bytes.length : undefined;
    return { size, range, source: this.source, reader };
  }

  heldBlob(repository: string, digest: Digest): Uint8Array | undefined {
    return this.held.has(digest) ? this.#blob(repository, digest) : undefined;
  }

  async locateBlob(repository: string, digest: Digest): Promise<string | undefined> {
    return this.locations.get(`${repository} ${digest}`);
  }

  async fileOfBlob(repository: string, digest: Digest): Promise<BlobFile | undefined> {
    this.#note('fileOfBlob', repository, digest);
    return this.files.get(`${repository} ${digest}`);
  }

  async listTags(repository: string, page: PageRequest): Promise<TagPage> {
    this.#note('listTags', repository, `${page.limit} ${page.last}`);
    const { entries, more } = pageOf(this.tags, page);
    return { tags: entries, more };
  }

  async listReferrers(repository: string, subject: Digest): Promise<readonly Referrer[]> {
    this.#note('listReferrers', repository, subject);
    return this.referrers;
  }

  async listRepositories(page: PageRequest): Promise<RepositoryPage> {
    this.#note('listRepositories', `${page.limit}`, `${page.last}`);
    const { entries, more } = pageOf(this.repositories, page);
    return { repositories: entries, more };
  }

  #note(...words: string[]): void {
    this.calls.push(words.join(' '));
    if (this.failure !== undefined) throw this.failure;
  }

  #manifest(repository: string, reference: Reference): Manifest {
    const manifest = this.#manifests.get(`${repository} ${referenceText(reference)}`);
    if (manifest === undefined) throw new ManifestUnknown('there is no such manifest');
    return manifest;
  }

  #blob(repository: string, digest: Digest): Uint8Array {
    const bytes = this.#blobs.get(`${repository} ${digest}`);
    if (bytes === undefined) throw new BlobUnknown('there is no such blob', { detail: { digest } });
    return bytes;
  }
}

function pageOf(
  all: readonly string[],
  { limit = all.length, last = '' }: PageRequest,
): { entries: readonly string[]; more: boolean } {
  const rest = all.filter((entry) => entry > last);
  return { entries: rest.slice(0, limit), more: rest.length > limit };
}
