import type { Clock } from '../../src/domain/ports/clock.ts';

interface Timer {
  readonly due: number;
  readonly act: () => void;
}

/** Time that passes only when the test says so. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now: number = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, delayMs), act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers have neither run nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Lets time pass: runs every timer that becomes due, in order, each at its own instant. What a
   * timer sets off in promises runs only after the caller awaits something.
   */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#nextDue(until); next !== undefined; next = this.#nextDue(until)) {
      this.#timers.delete(next);
      this.#now = next.due;
      next.act();
    }
    this.#now = until;
  }

  /** The first of those due by then; of two due at once, the one that was set first. */
  #nextDue(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }
}
