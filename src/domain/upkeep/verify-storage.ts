import type { Digest } from '../digest.ts';
import { parseManifest } from '../manifest.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import { readWhole } from '../pull/read-whole.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import { uploadsKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { type Finding, reclaimable } from './finding.ts';
import { verifyBlobs } from './verify-blobs.ts';
import { type Link, verifyLinks } from './verify-links.ts';

export interface VerifyPorts {
  readonly storage: StorageEngine;
  readonly links: RepositoryLinks;
  readonly hasher: Hasher;
}

/** What was looked at, and what came of it. */
export interface Verified {
  readonly blobs: number;
  readonly bytes: number;
  readonly repositories: number;
  readonly findings: number;
  /** How many of them were mended. */
  readonly mended: number;
  /** How many bytes went with that. */
  readonly reclaimed: number;
}

/** Told of each finding, and whether it was mended. */
export type Told = (finding: Finding, mended: boolean) => void;

/**
 * Looks through a whole storage, which may be in use: reads every blob and every link.
 *
 *   1. Blobs: each is read, and compared with its digest.
 *   2. Links: each must say what its place says, and what it points to must be here.
 *   3. Blobs that were there in step 1 and that nothing points to in step 2 are orphans. A blob that
 *      comes meanwhile is not among them, since it is linked only after it is stored.
 */
export class VerifyStorage {
  readonly #ports: VerifyPorts;
  readonly #told: Told;
  readonly #isRepair: boolean;
  readonly #sound = new Map<Digest, number>();
  readonly #wanted = new Set<Digest>();
  #bytes = 0;
  #repositories = 0;
  #findings = 0;
  #mended = 0;
  #reclaimed = 0;

  /** @param isRepair whether what is found is mended */
  constructor(ports: VerifyPorts, isRepair: boolean, told: Told) {
    this.#ports = ports;
    this.#isRepair = isRepair;
    this.#told = told;
  }

  async run(): Promise<Verified> {
    await this.#blobs();
    const { links } = this.#ports;
    for await (const repository of links.repositories()) await this.#repository(repository);
    for (const [digest, size] of this.#sound) {
      if (!this.#wanted.has(digest)) await this.#found({ kind: 'orphan-blob', digest, size });
    }
    return {
      blobs: this.#sound.size,
      bytes: this.#bytes,
      repositories: this.#repositories,
      findings: this.#findings,
      mended: this.#mended,
      reclaimed: this.#reclaimed,
    };
  }

  async #blobs(): Promise<void> {
    const { storage, hasher } = this.#ports;
    for await (const blob of verifyBlobs(storage, hasher)) {
      if ('kind' in blob) {
        await this.#found(blob);
        continue;
      }
      this.#sound.set(blob.digest, blob.size);
      this.#bytes += blob.size;
    }
  }

  async #repository(repository: RepositoryName): Promise<void> {
    this.#repositories++;
    const { records } = this.#ports.storage;
    for await (const link of verifyLinks(records, repository)) {
      await (isSoundLink(link) ? this.#link(link) : this.#found(link));
    }
    const uploads = uploadsKey(repository);
    for (const upload of await records.children(uploads)) {
      await this.#found({ kind: 'leaked-upload', key: `${uploads}/${upload}`, repository });
    }
  }

  async #link({ key, repository, digest, kind }: Link): Promise<void> {
    const isHere = this.#sound.has(digest) || (await this.#isNew(digest));
    if (!isHere) return this.#found({ kind: 'dangling-link', key, repository });
    this.#wanted.add(digest);
    if (kind === 'revision') await this.#manifest(digest);
  }

  /** A blob that has come since the blobs were looked at. */
  async #isNew(digest: Digest): Promise<boolean> {
    return (await this.#ports.storage.blobs.stat(digest)) !== undefined;
  }

  /** What a manifest lists may be here without a link of its own. */
  async #manifest(digest: Digest): Promise<void> {
    const blob = await this.#ports.storage.blobs.open(digest);
    const bytes = blob && (await readWhole(blob));
    if (bytes === undefined) return;
    try {
      const { blobs, children } = parseManifest(digest, bytes);
      for (const each of [...blobs, ...children]) this.#wanted.add(each.digest);
    } catch {
      // A blob that is no manifest lists nothing.
    }
  }

  async #found(finding: Finding): Promise<void> {
    this.#findings++;
    const mended = this.#isRepair && (await this.#mend(finding));
    if (mended) {
      this.#mended++;
      this.#reclaimed += reclaimable(finding);
    }
    this.#told(finding, mended);
  }

  /** Whether it could be. What is removed is fetched again when somebody asks for it. */
  async #mend(finding: Finding): Promise<boolean> {
    const { blobs, records } = this.#ports.storage;
    switch (finding.kind) {
      case 'damaged-blob':
        return blobs.setAside(finding.digest);
      case 'orphan-blob':
        return blobs.delete(finding.digest);
      case 'leaked-upload':
        return this.#removeAll(finding.key);
      case 'no-blob':
      case 'broken-link':
      case 'dangling-link':
        return records.delete(finding.key);
      default:
        return finding satisfies never;
    }
  }

  async #removeAll(folder: string): Promise<boolean> {
    const { records } = this.#ports.storage;
    for (const name of await records.children(folder)) {
      const key = `${folder}/${name}`;
      if (!(await records.delete(key))) await this.#removeAll(key);
    }
    return (await records.children(folder)).length === 0;
  }
}

function isSoundLink(found: Link | Finding): found is Link {
  return found.kind === 'layer' || found.kind === 'revision' || found.kind === 'tag';
}
