import type { Digest } from '../digest.ts';
import type { Events } from '../ports/events.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { Background } from './background.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { RepositoryLinks } from './repository-links.ts';
import { SingleFlight } from './single-flight.ts';

export interface BlobAccessPorts {
  readonly links: RepositoryLinks;
  readonly shelf: ManifestShelf;
  readonly upstream: Upstream;
  readonly events: Events;
  readonly background: Background;
}

/**
 * Which of the blobs that are here a repository may read. One that another repository brought is
 * never downloaded again; but that it is here proves nothing about who may have it.
 */
export class BlobAccess {
  readonly #ports: BlobAccessPorts;
  readonly #questions = new SingleFlight<void>();

  constructor(ports: BlobAccessPorts) {
    this.#ports = ports;
  }

  /** Whether it is known, without looking, that it may. */
  isKnown(repository: RepositoryName, digest: Digest): boolean {
    return this.#ports.links.knowsLayer(repository, digest);
  }

  /**
   * Whether the blob is linked to the repository, or listed by one of its manifests. A storage that
   * cannot be read knows of neither; the upstream is asked then.
   */
  async isGranted(repository: RepositoryName, digest: Digest): Promise<boolean> {
    const { links, events } = this.#ports;
    try {
      if (await links.hasLayer(repository, digest)) return true;
      if (!(await this.#isListed(repository, digest))) return false;
    } catch (cause) {
      const what = `the link to blob ${digest}`;
      events.emit({ type: 'unreadable', repository, what, cause });
      return this.#ports.shelf.listedSize(repository, digest) !== undefined;
    }
    this.#link(repository, digest);
    return true;
  }

  /**
   * Asks the upstream, once for all who want to know meanwhile; it decides by beginning to send the
   * blob, of which nothing is read.
   *
   * Rejects with the upstream's refusal.
   */
  ask(repository: RepositoryName, digest: Digest): Promise<void> {
    return this.#questions.run(`${repository}@${digest}`, () => this.#ask(repository, digest))
      .result;
  }

  async #ask(repository: RepositoryName, digest: Digest): Promise<void> {
    const fetched = await this.#ports.upstream.fetchBlob(repository, digest, 0);
    fetched.cancel();
    this.#link(repository, digest);
  }

  async #isListed(repository: RepositoryName, digest: Digest): Promise<boolean> {
    if (this.#ports.shelf.listedSize(repository, digest) !== undefined) return true;
    for await (const revision of this.#ports.links.revisions(repository)) {
      const manifest = await this.#ports.shelf.find(repository, revision);
      if (manifest?.blobs.some((blob) => blob.digest === digest)) return true;
    }
    return false;
  }

  #link(repository: RepositoryName, digest: Digest): void {
    this.#ports.background.run(
      () => this.#ports.links.linkLayer(repository, digest),
      (cause) => {
        const what = `the link to blob ${digest}`;
        this.#ports.events.emit({ type: 'not-stored', repository, what, cause });
      },
    );
  }
}
