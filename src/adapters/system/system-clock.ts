import type { Clock } from '../../domain/ports/clock.ts';

/** Node takes a longer delay for one of 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's time. Its timers do not keep the process alive: who waits holds a socket or a file. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = setTimeout(act, Math.min(delayMs, LONGEST_MS));
    timer.unref();
    return () => clearTimeout(timer);
  }
}
