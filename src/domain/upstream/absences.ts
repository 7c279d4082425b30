import type { Descriptor } from '../descriptor.ts';
import type { Digest } from '../digest.ts';
import { BlobUnknown, ManifestUnknown, NameUnknown, type RegistryError } from '../errors.ts';
import type { BoundedCache } from '../ports/bounded-cache.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../ports/upstream.ts';
import { type Reference, referenceText } from '../reference.ts';
import type { RepositoryName } from '../repository-name.ts';
import { DelegatingUpstream } from './delegating-upstream.ts';

/** What the upstream does not have, and until when it is taken at its word. */
export interface Absence {
  readonly error: RegistryError;
  readonly untilMs: number;
}

/**
 * Remembers for a short time what the upstream does not have, so that a client that asks for a
 * missing image again and again does not use up the upstream's patience. What is found is forgotten
 * here at once.
 */
export class Absences extends DelegatingUpstream {
  readonly #absences: BoundedCache<Absence>;
  readonly #clock: Clock;
  readonly #ttlMs: number;

  constructor(upstream: Upstream, absences: BoundedCache<Absence>, clock: Clock, ttlMs: number) {
    super(upstream);
    this.#absences = absences;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  override resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#ask(repository, referenceText(reference), () =>
      super.resolve(repository, reference, timeoutMs),
    );
  }

  override fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#ask(repository, digest, () => super.fetchManifest(repository, digest));
  }

  override fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    return this.#ask(repository, `blob ${digest}`, () =>
      super.fetchBlob(repository, digest, offset, end),
    );
  }

  override statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#ask(repository, `blob ${digest}`, () => super.statBlob(repository, digest));
  }

  override listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#ask(repository, '', () => super.listTags(repository, page));
  }

  /** @param what within the repository; empty for the repository itself */
  async #ask<T>(repository: RepositoryName, what: string, ask: () => Promise<T>): Promise<T> {
    this.#throwIfAbsent(repository, '');
    this.#throwIfAbsent(repository, what);
    try {
      const found = await ask();
      this.#absences.delete(key(repository, ''));
      this.#absences.delete(key(repository, what));
      return found;
    } catch (error) {
      if (error instanceof NameUnknown) this.#remember(repository, '', error);
      const isMissing = error instanceof ManifestUnknown || error instanceof BlobUnknown;
      if (isMissing) this.#remember(repository, what, error);
      throw error;
    }
  }

  #remember(repository: RepositoryName, what: string, error: RegistryError): void {
    const untilMs = this.#clock.now() + this.#ttlMs;
    if (this.#ttlMs > 0) this.#absences.set(key(repository, what), { error, untilMs });
  }

  #throwIfAbsent(repository: RepositoryName, what: string): void {
    const absence = this.#absences.get(key(repository, what));
    if (absence === undefined) return;
    const leftMs = absence.untilMs - this.#clock.now();
    // More than the whole time is left when the clock was set back.
    if (leftMs > 0 && leftMs <= this.#ttlMs) throw absence.error;
  }
}

function key(repository: RepositoryName, what: string): string {
  return `${repository} ${what}`;
}
