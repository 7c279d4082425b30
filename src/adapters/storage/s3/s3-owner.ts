import type { Owners } from '../../../domain/ports/owners.ts';
import { ownerName, parseOwnerName } from './peer/owner-name.ts';
import type { LocalOwners } from './s3-options.ts';

export interface S3OwnerOptions {
  readonly local: LocalOwners;
  /** Below which its mirror answers; undefined if it is not to be asked. */
  readonly url: string | undefined;
  /** Whether the service keeps `If-None-Match: *`. */
  readonly isConditional: () => boolean;
}

/**
 * This process among those that share the bucket. It cannot tell when one of them has ended, unless they
 * stage in the same place: so a mirror that is started again after a crash goes on at once.
 */
export class S3Owner implements Owners {
  readonly self: string;
  readonly #options: S3OwnerOptions;

  constructor(options: S3OwnerOptions) {
    this.self = ownerName({ staging: options.local.self, url: options.url });
    this.#options = options;
  }

  get canCoordinate(): boolean {
    return this.#options.isConditional();
  }

  async isGone(owner: string): Promise<boolean> {
    const name = parseOwnerName(owner);
    return name !== undefined && this.#options.local.hasDied(name.staging);
  }

  presumeGone(owner: string): void {
    const name = parseOwnerName(owner);
    if (name !== undefined) this.#options.local.presumeGone(name.staging);
  }
}
