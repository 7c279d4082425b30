import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../../../domain/back-off.ts';
import { statusOf } from './s3-errors.ts';

const POLICY = { attempts: 5, baseMs: 50, ceilingMs: 1_000 };

/**
 * Writes, and comes again if another write or removal of the key was in the way (409): that is for
 * the caller to try again, and the SDK does not.
 */
export async function throughConflicts<T>(
  random: () => number,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (statusOf(error) !== 409 || attempt === POLICY.attempts) throw error;
      await sleep(backOffMs(POLICY, attempt, random()));
    }
  }
}
