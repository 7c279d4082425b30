import { UpstreamTimeout } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';

/** The time is over; whoever was being waited for did not answer in it. */
export class DeadlineOver extends UpstreamTimeout {
  readonly #ms: number;

  constructor(host: string, ms: number) {
    super(`${host} did not answer within ${ms} ms`, { detail: { host } });
    this.name = UpstreamTimeout.name;
    this.#ms = ms;
  }

  /** The same, in case it was `host` that was being waited for. */
  waitingFor(host: string): DeadlineOver {
    return new DeadlineOver(host, this.#ms);
  }
}

/** Runs `work`, and aborts its signal with an {@link UpstreamTimeout} when the time is over. */
export async function within<T>(
  { clock, host, ms }: { clock: Clock; host: string; ms: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.after(ms, () => controller.abort(new DeadlineOver(host, ms)));
  try {
    return await work(controller.signal);
  } finally {
    cancel();
  }
}

/**
 * Waits for what others wait for too, and `host` is to give: the signal ends the waiting and not the
 * work.
 */
export async function waitFor<T>(
  shared: Promise<T>,
  { signal, host }: { signal: AbortSignal; host: string },
): Promise<T> {
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const leave = (): void => reject(reasonOf(signal, host));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { signal: done.signal });
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    done.abort();
  }
}

function reasonOf({ reason }: AbortSignal, host: string): Error {
  return reason instanceof DeadlineOver ? reason.waitingFor(host) : (reason as Error);
}
