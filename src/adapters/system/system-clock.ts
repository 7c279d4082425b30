import type { Clock } from '../../domain/ports/clock.ts';

/** The machine's time. Its timers do not keep the process alive: who waits holds a socket or a file. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = setTimeout(act, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }
}
