import type { Digest } from '../digest.ts';
import { DigestTable } from './digest-table.ts';
import { withRoom } from './room.ts';

/** A blob, or a manifest's bytes, in storage. */
export interface HeldBlob {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** When it was stored, or last seen in use: what no image needs is spared for a while from then. */
  readonly sinceMs: number;
}

/** The size of what is needed and not here. */
const ABSENT = -1;

/**
 * What is in storage, and how many images need it. Blobs go by the numbers of `digests` here; one
 * that is removed keeps its number, and with it some 60 bytes, until the next ledger is made.
 */
export class BlobLedger {
  readonly digests: DigestTable = new DigestTable();
  #sizes = new Float64Array(0);
  #since = new Float64Array(0);
  #needs = new Uint32Array(0);
  #count = 0;
  #bytes = 0;

  /** How many blobs are here. */
  get count(): number {
    return this.#count;
  }

  /** How much they take, each counted once. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes that a blob is here; what was said of it before is replaced. */
  add({ digest, size, sinceMs }: HeldBlob): void {
    const blob = this.numberOf(digest);
    this.#remove(blob);
    this.#sizes[blob] = size;
    this.#since[blob] = sinceMs;
    this.#count++;
    this.#bytes += size;
  }

  remove(digest: Digest): void {
    const blob = this.digests.find(digest);
    if (blob >= 0) this.#remove(blob);
  }

  /** The blob's number, also that of one that is not here. */
  numberOf(digest: Digest): number {
    const blob = this.digests.add(digest);
    const known = this.#sizes.length;
    if (blob >= known) {
      this.#sizes = withRoom(this.#sizes, blob + 1).fill(ABSENT, known);
      this.#since = withRoom(this.#since, blob + 1);
      this.#needs = withRoom(this.#needs, blob + 1);
    }
    return blob;
  }

  isHere(blob: number): boolean {
    return this.#sizes[blob] !== ABSENT;
  }

  /** In bytes; 0 if it is not here. */
  sizeOf(blob: number): number {
    return this.isHere(blob) ? (this.#sizes[blob] as number) : 0;
  }

  sinceMs(blob: number): number {
    return this.#since[blob] as number;
  }

  /** Whether anything is here that no image needs. */
  get hasUnneeded(): boolean {
    for (let blob = 0; blob < this.digests.count; blob++) {
      if (this.isHere(blob) && this.needsOf(blob) === 0) return true;
    }
    return false;
  }

  /** One more image needs it. */
  need(blob: number): void {
    this.#needs[blob] = this.needsOf(blob) + 1;
  }

  /** One image less needs it. */
  release(blob: number): void {
    this.#needs[blob] = this.needsOf(blob) - 1;
  }

  /** How many images need it. */
  needsOf(blob: number): number {
    return this.#needs[blob] as number;
  }

  /** {@link needsOf} for all, to reckon with. */
  copyOfNeeds(): Uint32Array {
    return this.#needs.slice(0, this.digests.count);
  }

  #remove(blob: number): void {
    if (!this.isHere(blob)) return;
    this.#count--;
    this.#bytes -= this.sizeOf(blob);
    this.#sizes[blob] = ABSENT;
  }
}
