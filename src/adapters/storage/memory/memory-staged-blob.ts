import { StorageFailed } from '../../../domain/errors.ts';
import type { StagedBlob } from '../../../domain/ports/blob-store.ts';
import { PieceList } from './piece-list.ts';

/** A blob on its way into memory; `keep` takes its bytes when they are committed. */
export class MemoryStagedBlob implements StagedBlob {
  readonly #keep: (pieces: PieceList) => void;
  #pieces = new PieceList();
  #state: 'staged' | 'committed' | 'discarded' = 'staged';

  constructor(keep: (pieces: PieceList) => void) {
    this.#keep = keep;
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
    if (this.#state === 'discarded') throw new StorageFailed('the blob is discarded already');
    if (this.#state === 'committed') return;
    this.#pieces = this.#pieces.packed();
    this.#keep(this.#pieces);
    this.#state = 'committed';
  }

  async discard(): Promise<void> {
    if (this.#state === 'staged') this.#state = 'discarded';
  }

  close(): void {
    if (this.#state === 'staged') this.#state = 'discarded';
  }
}
