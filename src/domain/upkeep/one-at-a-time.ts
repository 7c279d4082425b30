import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { Leases } from '../ports/leases.ts';
import { taskLease } from '../registry-layout.ts';
import { GivenUp, type GiveUpSignal } from './take-inventory.ts';

export interface OneAtATimePorts {
  readonly leases: Leases;
  readonly clock: Clock;
}

/** How long one waits for another process, which looks after the same storage; in milliseconds. */
const PATIENCE_MS = 20_000;

/** How often one looks whether it is done, in milliseconds. */
const LOOK_EVERY_MS = 250;

/**
 * Runs a task while no other process that shares the storage runs one of that name.
 *
 * @throws GivenUp if that takes too long
 */
export async function oneAtATime(
  { leases, clock }: OneAtATimePorts,
  name: string,
  task: () => Promise<void>,
  signal: GiveUpSignal,
): Promise<void> {
  const endMs = clock.now() + PATIENCE_MS;
  for (;;) {
    const taken = await leases.take(taskLease(name));
    if ('lease' in taken) {
      try {
        return await task();
      } finally {
        await taken.lease.release();
      }
    }
    if (signal.isGivenUp || clock.now() >= endMs) throw new GivenUp();
    await pause(clock, LOOK_EVERY_MS);
  }
}
