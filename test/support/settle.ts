import type { ManualClock } from './manual-clock.ts';

/** Lets every promise run that waits for nothing but other promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Lets `ms` of the clock's time pass in `steps`, and each time all that this sets off. */
export async function pass(clock: ManualClock, ms: number, steps = 1): Promise<void> {
  await settle();
  for (let step = 0; step < steps; step++) {
    clock.advance(ms / steps);
    await settle();
  }
}
