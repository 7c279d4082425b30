import type { Digest } from '../digest.ts';
import type { BlobLedger } from './blob-ledger.ts';
import type { HeldImage } from './inventory.ts';

/** Why an image goes. */
export type Leaves = 'expired' | 'over budget';
/** Why an image stays; `not named` by what an operator asked to remove. */
export type Stays = 'kept by pattern' | 'not named' | 'busy' | 'recent enough';
export type Why = Leaves | Stays;

/** Blobs that are to be deleted, as they were when the plan was made. */
export class Removal {
  readonly bytes: number;
  readonly #blobs: readonly number[];
  readonly #ledger: BlobLedger;

  constructor(blobs: readonly number[], ledger: BlobLedger) {
    this.bytes = blobs.reduce((sum, blob) => sum + ledger.sizeOf(blob), 0);
    this.#blobs = blobs;
    this.#ledger = ledger;
  }

  get count(): number {
    return this.#blobs.length;
  }

  /** Texts are made on the way: all at once may be a million. */
  *digests(): Iterable<Digest> {
    for (const blob of this.#blobs) yield this.#ledger.digests.digest(blob);
  }
}

/** What becomes of an image. */
export interface Verdict {
  readonly image: HeldImage;
  readonly why: Why;
  /** If it goes, which of its members go with it: no image that stays, or goes later, needs them. */
  readonly removal: Removal | undefined;
}
