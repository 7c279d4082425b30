import { type UpstreamFailure, UpstreamUnreachable } from '../../src/domain/errors.ts';
import type { Clock } from '../../src/domain/ports/clock.ts';
import type { FetchedBlob } from '../../src/domain/ports/upstream.ts';
import { Rejection } from './rejection.ts';

/** How one download goes. Offsets count from the blob's beginning. */
export interface BlobScript {
  /** Comes in place of an answer. */
  readonly refusal?: Error;
  /** How long the answer takes by the clock. */
  readonly answerAfterMs?: number;
  /** The size that is announced; unless told, the true one. */
  readonly announced?: number | 'none';
  readonly ignoresRange?: boolean;
  readonly pieceSize?: number;
  /** How long each piece takes by the clock. */
  readonly pieceAfterMs?: number;
  /** Where the body breaks off. */
  readonly cutAt?: number;
  /** Where the body ends as if it were whole. */
  readonly endAt?: number;
  /** From where on nothing comes any more. */
  readonly stallAt?: number;
  /** Where a byte is not what it should be. */
  readonly wrongAt?: number;
  /** How many bytes too many come. */
  readonly surplus?: number;
  /** Awaited before the piece from that offset on. */
  readonly before?: (offset: number) => Promise<void> | undefined;
  /** Breaks off with this in place of {@link UpstreamUnreachable}. */
  readonly cause?: UpstreamFailure;
}

interface AskedPart {
  readonly offset: number;
  readonly end: number | undefined;
}

/** A download that goes as its script says. */
export class FakeBlob implements FetchedBlob {
  readonly offset: number;
  readonly size: number | undefined;
  readonly end: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether nobody waits for bytes of it any more: it has ended, broken off, or was given up. */
  isOver = false;
  isCancelled = false;
  readonly #bytes: Uint8Array;
  readonly #askedEnd: number | undefined;
  readonly #script: BlobScript;
  readonly #clock: Clock;
  readonly #sent: (offset: number, length: number) => void;
  readonly #cancelled = new Rejection();

  constructor(
    bytes: Uint8Array,
    { offset, end }: AskedPart,
    script: BlobScript,
    clock: Clock,
    sent: (offset: number, length: number) => void,
  ) {
    this.#bytes = contentOf(bytes, script);
    this.#script = script;
    this.#clock = clock;
    this.#sent = sent;
    const isWhole = script.ignoresRange === true || (offset === 0 && end === undefined);
    this.offset = isWhole ? 0 : offset;
    this.#askedEnd = isWhole ? undefined : end;
    this.end = isWhole ? undefined : (end ?? bytes.byteLength);
    const { announced = bytes.byteLength } = script;
    this.size = announced === 'none' ? undefined : announced;
    this.body = this.#pieces();
  }

  cancel(): void {
    if (this.isOver) return;
    this.isCancelled = true;
    this.#cancelled.reject(new UpstreamUnreachable('the download was given up'));
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      const { pieceSize = 16, stallAt = Number.POSITIVE_INFINITY } = this.#script;
      const end = this.#end();
      for (let at = this.offset; at < end; ) {
        if (at >= stallAt) await this.#orCancelled(new Promise(() => {}));
        await this.#orCancelled(this.#pace(at));
        const piece = this.#bytes.subarray(
          at,
          Math.min(end, at + pieceSize, nextAfter(at, stallAt)),
        );
        this.#sent(at, piece.byteLength);
        yield piece;
        at += piece.byteLength;
      }
      const { cutAt } = this.#script;
      if (cutAt !== undefined && cutAt <= (this.#askedEnd ?? cutAt)) {
        throw this.#script.cause ?? new UpstreamUnreachable('the connection broke');
      }
    } finally {
      this.isOver = true;
    }
  }

  #end(): number {
    const { cutAt, endAt } = this.#script;
    const { byteLength } = this.#bytes;
    return Math.min(cutAt ?? endAt ?? byteLength, this.#askedEnd ?? byteLength, byteLength);
  }

  async #pace(offset: number): Promise<void> {
    const { pieceAfterMs, before } = this.#script;
    if (pieceAfterMs !== undefined) {
      await new Promise<void>((resolve) => void this.#clock.after(pieceAfterMs, resolve));
    }
    await before?.(offset);
  }

  async #orCancelled(wait: Promise<void>): Promise<void> {
    await Promise.race([this.#cancelled.promise, wait]);
    if (this.isCancelled) await this.#cancelled.promise;
  }
}

function nextAfter(at: number, stop: number): number {
  return stop > at ? stop : Number.POSITIVE_INFINITY;
}

function contentOf(bytes: Uint8Array, { wrongAt, surplus = 0 }: BlobScript): Uint8Array {
  if (wrongAt === undefined && surplus === 0) return bytes;
  const changed = new Uint8Array(bytes.byteLength + surplus);
  changed.set(bytes);
  if (wrongAt !== undefined) changed[wrongAt] = (changed[wrongAt] ?? 0) ^ 0xff;
  return changed;
}
