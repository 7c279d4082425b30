import { UpstreamTimeout } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';

/** Runs `work`, and aborts its signal with an {@link UpstreamTimeout} when the time is over. */
export async function within<T>(
  { clock, host, ms }: { clock: Clock; host: string; ms: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.after(ms, () => {
    const message = `${host} did not answer within ${ms} ms`;
    controller.abort(new UpstreamTimeout(message, { detail: { host } }));
  });
  try {
    return await work(controller.signal);
  } finally {
    cancel();
  }
}

/** Waits for what others wait for too: the signal ends the waiting and not the work. */
export async function waitFor<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { signal: done.signal });
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    done.abort();
  }
}
