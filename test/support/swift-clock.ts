import type { Clock } from '../../src/domain/ports/clock.ts';

/**
 * Real time, some times faster: what waits for seconds in production waits for moments in a test, with
 * the production's own settings.
 */
export class SwiftClock implements Clock {
  readonly #factor: number;
  readonly #startedAtMs: number = Date.now();

  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): number {
    return this.#startedAtMs + (Date.now() - this.#startedAtMs) * this.#factor;
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = setTimeout(act, delayMs / this.#factor);
    timer.unref();
    return () => clearTimeout(timer);
  }
}
