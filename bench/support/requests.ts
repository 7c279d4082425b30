import type { Subject } from '../cases/bench-case.ts';
import { costing } from './cpu.ts';
import { wrk } from './wrk.ts';

export interface Requests {
  readonly count: number;
  readonly perSecond: number;
  /** What one of them costs the mirror, in seconds. */
  readonly cpuSecondsEach: number;
  /** The part of it that is behind a program in front; NaN without one. */
  readonly cpuSecondsBehindEach: number;
}

/** As many requests of one thing, or of several in turn, as can be made in the time that there is. */
export async function requests(
  url: string | readonly string[],
  subject: Subject,
): Promise<Requests> {
  const { peer, effort, signal } = subject;
  const { result, cpuSeconds, cpuSecondsBehind } = await costing(peer, () =>
    wrk(url, effort.seconds, signal),
  );
  return {
    count: result.requests,
    perSecond: result.perSecond,
    cpuSecondsEach: cpuSeconds / result.requests,
    cpuSecondsBehindEach: cpuSecondsBehind / result.requests,
  };
}
