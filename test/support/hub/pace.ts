import { setTimeout as sleep } from 'node:timers/promises';

const SLICE = 1024 * 1024;
/** Waits shorter than this are not worth a timer; the debt is carried to the next slice. */
const SHORTEST_WAIT_MS = 2;

/** How fast blob bytes leave. Unlimited by default; can be changed in mid-transfer. */
export class Pace {
  bytesPerSecond: number | undefined;
  /** One allowance for all connections (a thin line), or one for each (a slow server). */
  shared = true;
  /** Largest piece written at once; a throttled pace takes about 20 pieces a second at least. */
  chunkBytes: number = SLICE;
  #lineFreeAt = 0;

  slice(): number {
    const perTick = Math.ceil((this.bytesPerSecond ?? Number.POSITIVE_INFINITY) / 20);
    return Math.max(1, Math.min(this.chunkBytes, perTick));
  }

  /** Begins one transfer; the result waits until the next `bytes` may be sent. */
  begin(): (bytes: number, signal: AbortSignal) => Promise<void> {
    let ownFreeAt = 0;
    return async (bytes, signal) => {
      if (this.bytesPerSecond === undefined) return;
      const start = Math.max(performance.now(), this.shared ? this.#lineFreeAt : ownFreeAt);
      const freeAt = start + (bytes / this.bytesPerSecond) * 1000;
      if (this.shared) this.#lineFreeAt = freeAt;
      else ownFreeAt = freeAt;
      const wait = freeAt - performance.now();
      if (wait > SHORTEST_WAIT_MS) await sleep(wait, undefined, { signal });
    };
  }
}
