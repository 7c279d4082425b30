import { SwiftClock } from './swift-clock.ts';

interface Waiting {
  readonly atMs: number;
  readonly act: () => void;
}

/** A swift clock that a test can put forward: what is due by then happens at once. */
export class ShiftedClock extends SwiftClock {
  readonly #waiting = new Set<Waiting>();
  #shiftMs = 0;

  override now(): number {
    return super.now() + this.#shiftMs;
  }

  override after(delayMs: number, act: () => void): () => void {
    const waiting = { atMs: this.now() + delayMs, act };
    this.#waiting.add(waiting);
    const cancel = super.after(delayMs, () => this.#act(waiting));
    return () => {
      cancel();
      this.#waiting.delete(waiting);
    };
  }

  advance(ms: number): void {
    this.#shiftMs += ms;
    const now = this.now();
    const due = [...this.#waiting].filter(({ atMs }) => atMs <= now);
    for (const waiting of due.sort((a, b) => a.atMs - b.atMs)) this.#act(waiting);
  }

  #act(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) waiting.act();
  }
}
