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
import type { Referrer } from '../referrers.ts';
import type { RepositoryName } from '../repository-name.ts';

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
export class Absences implements Upstream {
  readonly #upstream: Upstream;
  readonly #absences: BoundedCache<Absence>;
  readonly #clock: Clock;
  readonly #ttlMs: number;

  constructor(upstream: Upstream, absences: BoundedCache<Absence>, clock: Clock, ttlMs: number) {
    this.#upstream = upstream;
    this.#absences = absences;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  get location(): string {
    return this.#upstream.location;
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#ask(repository, referenceText(reference), () =>
      this.#upstream.resolve(repository, reference, timeoutMs),
    );
  }

  fetchManifest(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#ask(repository, digest, () => this.#upstream.fetchManifest(repository, digest));
  }

  fetchBlob(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    return this.#ask(repository, `blob ${digest}`, () =>
      this.#upstream.fetchBlob(repository, digest, offset, end),
    );
  }

  statBlob(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#ask(repository, `blob ${digest}`, () =>
      this.#upstream.statBlob(repository, digest),
    );
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<TagPage> {
    return this.#ask(repository, '', () => this.#upstream.listTags(repository, page));
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
