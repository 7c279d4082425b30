import type { Clock } from '../ports/clock.ts';

/**
 * Tells that there is news: at once, but not more often than every so many milliseconds, so that who
 * listens gets much at a time. The last news is always told.
 */
export class Announcer {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #tell: () => void;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, everyMs: number, tell: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#tell = tell;
  }

  /** There is news. */
  soon(): void {
    if (this.#cancel !== undefined) return;
    const waitMs = this.#toldAtMs + this.#everyMs - this.#clock.now();
    // More than that is left when the clock was set back.
    if (waitMs <= 0 || waitMs > this.#everyMs) this.now();
    else this.#cancel = this.#clock.after(waitMs, () => this.now());
  }

  /** There is news that cannot wait. */
  now(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#toldAtMs = this.#clock.now();
    this.#tell();
  }
}
