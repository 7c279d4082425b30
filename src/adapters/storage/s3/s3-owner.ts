import type { Owners } from '../../../domain/ports/owners.ts';

/** This process among those that share the bucket, which cannot tell when one of them has ended. */
export class S3Owner implements Owners {
  readonly self: string;
  readonly #isConditional: () => boolean;

  constructor(self: string, isConditional: () => boolean) {
    this.self = self;
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
