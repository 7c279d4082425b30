import type { Readable } from 'node:stream';
import { Signal } from '../../../domain/pull/signal.ts';

/** How long a body may bring no byte to somebody who waits for one, in milliseconds. */
const STALLED_AFTER_MS = 15_000;

/** Pulls an answer's body: as long as nobody asks, the connection is left alone. */
export class BodyReader {
  readonly #body: Readable;
  readonly #changed = new Signal();
  #failure: Error | undefined;
  #isEnded = false;

  constructor(body: Readable) {
    this.#body = body;
    body.on('readable', () => this.#changed.fire());
    body.on('end', () => {
      this.#isEnded = true;
      this.#changed.fire();
    });
    body.on('error', (error) => this.#fail(error));
    body.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** The next bytes, in memory of their own; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece: unknown = this.#body.read();
      if (piece instanceof Uint8Array) return piece;
      if (this.#isEnded) return undefined;
      if (this.#failure !== undefined) throw this.#failure;
      await this.#news();
    }
  }

  close(): void {
    // What has come whole only has to be told so: then its connection serves the next request.
    const isWhole = 'complete' in this.#body && this.#body.complete === true;
    if (isWhole && this.#body.readableLength === 0) this.#body.read();
    else this.#body.destroy();
  }

  async #news(): Promise<void> {
    const timer = setTimeout(() => {
      this.#body.destroy(new Error(`nothing came for ${STALLED_AFTER_MS / 1000} s`));
    }, STALLED_AFTER_MS);
    try {
      await this.#changed.next();
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#changed.fire();
  }
}
