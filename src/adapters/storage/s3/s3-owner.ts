import { randomBytes } from 'node:crypto';
import type { Owners } from '../../../domain/ports/owners.ts';

/** This process among those that share the bucket, which cannot tell when one of them has ended. */
export class S3Owner implements Owners {
  readonly self: string = `s3-${randomBytes(6).toString('hex')}`;
  readonly #isConditional: () => boolean;

  constructor(isConditional: () => boolean) {
    this.#isConditional = isConditional;
  }

  get canCoordinate(): boolean {
    return this.#isConditional();
  }

  async isGone(): Promise<boolean> {
    return false;
  }

  presumeGone(): void {}
}
