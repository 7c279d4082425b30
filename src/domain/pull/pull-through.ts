import type { ByteRange } from '../byte-range.ts';
import type { Digest } from '../digest.ts';
import type { BlobFile } from '../ports/blob-store.ts';
import type {
  Mirror,
  RepositoryPage,
  ResolvedManifest,
  ServedBlob,
  ServedManifest,
} from '../ports/mirror.ts';
import type { PageRequest, TagPage } from '../ports/upstream.ts';
import type { Reference } from '../reference.ts';
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { DeleteManifest } from '../upkeep/delete-manifest.ts';
import type { ListReferrers } from './list-referrers.ts';
import type { ListRepositories } from './list-repositories.ts';
import type { ListTags } from './list-tags.ts';
import type { PullBlob } from './pull-blob.ts';
import type { PullManifest } from './pull-manifest.ts';

export interface UseCases {
  readonly pullManifest: PullManifest;
  readonly pullBlob: PullBlob;
  readonly listTags: ListTags;
  readonly listReferrers: ListReferrers;
  readonly listRepositories: ListRepositories;
  readonly deleteManifest: DeleteManifest;
}

/** The mirror: its use cases behind the one inbound port. */
export class PullThrough implements Mirror {
  readonly #use: UseCases;

  constructor(useCases: UseCases) {
    this.#use = useCases;
  }

  resolveManifest(repository: RepositoryName, reference: Reference): Promise<ResolvedManifest> {
    return this.#use.pullManifest.resolve(repository, reference);
  }

  getManifest(repository: RepositoryName, reference: Reference): Promise<ServedManifest> {
    return this.#use.pullManifest.get(repository, reference);
  }

  heldManifest(repository: RepositoryName, digest: Digest): ServedManifest | undefined {
    return this.#use.pullManifest.held(repository, digest);
  }

  statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#use.pullBlob.stat(repository, digest);
  }

  openBlob(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<ServedBlob> {
    return this.#use.pullBlob.open(repository, digest, range);
  }

  heldBlob(repository: RepositoryName, digest: Digest): Uint8Array | undefined {
    return this.#use.pullBlob.held(repository, digest);
  }

  locateBlob(repository: RepositoryName, digest: Digest): Promise<string | undefined> {
    return this.#use.pullBlob.locate(repository, digest);
  }

  fileOfBlob(repository: RepositoryName, digest: Digest): Promise<BlobFile | undefined> {
    return this.#use.pullBlob.fileOf(repository, digest);
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#use.listTags.list(repository, page);
  }

  listReferrers(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    return this.#use.listReferrers.list(repository, subject);
  }

  deleteManifest(repository: RepositoryName, reference: Reference): Promise<void> {
    return this.#use.deleteManifest.run(repository, reference);
  }

  listRepositories(page: PageRequest): Promise<RepositoryPage> {
    return this.#use.listRepositories.list(page);
  }
}
