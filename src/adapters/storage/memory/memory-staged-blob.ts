import { StorageFailed } from '../../../domain/errors.ts';
import type { StagedBlob } from '../../../domain/ports/blob-store.ts';
import { PieceList } from './piece-list.ts';

/** What becomes of a staged blob's bytes. */
export interface Whereabouts {
  commit(pieces: PieceList): void;
  suspend(pieces: PieceList): void;
}

/** A blob on its way into memory. */
export class MemoryStagedBlob implements StagedBlob {
  readonly #whereabouts: Whereabouts;
  #pieces: PieceList;
  #state: 'staged' | 'committed' | 'discarded' | 'suspended' = 'staged';

  constructor(whereabouts: Whereabouts, pieces: PieceList = new PieceList()) {
    this.#whereabouts = whereabouts;
    this.#pieces = pieces;
  }

  get length(): number {
    return this.#pieces.length;
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    if (this.#state !== 'staged') throw new StorageFailed(`the blob is ${this.#state} already`);
    for (const piece of pieces) this.#pieces.append(piece);
  }

  async readAt(position: number): Promise<Uint8Array> {
    if (position >= this.length) throw new StorageFailed('the staged blob is shorter than that');
    return this.#pieces.at(position, this.length);
  }

  async commit(): Promise<void> {
    if (this.#state === 'committed') return;
    if (this.#state !== 'staged') throw new StorageFailed(`the blob is ${this.#state} already`);
    this.#pieces = this.#pieces.packed();
    this.#whereabouts.commit(this.#pieces);
    this.#state = 'committed';
  }

  async discard(): Promise<void> {
    if (this.#state === 'staged') this.#state = 'discarded';
  }

  async suspend(): Promise<void> {
    if (this.#state !== 'staged') return;
    this.#state = 'suspended';
    // The next one appends to a list of its own: this one can still be read.
    if (this.length > 0) this.#whereabouts.suspend(this.#pieces.packed());
  }

  close(): void {
    if (this.#state === 'staged') this.#state = 'discarded';
  }
}
