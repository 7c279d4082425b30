import type { StagedBlob } from '../ports/blob-store.ts';
import { Signal } from './signal.ts';

/**
 * Writes a transfer's pieces to a staged blob behind the download's back: many small pieces become
 * one write, and the download waits only when too much is unwritten.
 */
export class Staging {
  readonly #blob: StagedBlob;
  readonly #wrote = new Signal();
  #waiting: Uint8Array[] = [];
  #unwritten = 0;
  #writing = false;
  #failure: { readonly cause: unknown } | undefined;

  constructor(blob: StagedBlob) {
    this.#blob = blob;
  }

  /** How many bytes can be read back. */
  get length(): number {
    return this.#blob.length;
  }

  /** What has been added and cannot be read back yet, in bytes. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** Why nothing more is written, if so. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  add(piece: Uint8Array): void {
    this.#waiting.push(piece);
    this.#unwritten += piece.byteLength;
    if (!this.#writing && this.#failure === undefined) void this.#write();
  }

  /** Writes nothing more: what is there belongs to somebody else now. */
  yieldTo(cause: unknown): void {
    this.#failure ??= { cause };
    this.#waiting = [];
    this.#wrote.fire();
  }

  /** Resolves when at most `bytes` are unwritten, or when writing has failed. */
  async untilUnwritten(bytes: number): Promise<void> {
    while (this.#unwritten > bytes && this.#failure === undefined) await this.#wrote.next();
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    return this.#blob.readAt(position, scratch);
  }

  /** Writes what is left and makes the blob visible. */
  async commit(): Promise<void> {
    await this.untilUnwritten(0);
    if (this.#failure !== undefined) throw this.#failure.cause;
    await this.#blob.commit();
  }

  discard(): Promise<void> {
    return this.#blob.discard();
  }

  /** Writes what is left and keeps it for the next transfer of this blob. */
  async suspend(): Promise<void> {
    await this.untilUnwritten(0);
    await this.#blob.suspend();
  }

  close(): void {
    this.#blob.close();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        if (this.#failure !== undefined) return;
        const pieces = this.#waiting;
        this.#waiting = [];
        await this.#blob.append(pieces);
        for (const piece of pieces) this.#unwritten -= piece.byteLength;
        this.#wrote.fire();
      }
    } catch (cause) {
      this.#failure = { cause };
      this.#waiting = [];
      this.#wrote.fire();
    } finally {
      this.#writing = false;
    }
  }
}
