import cluster from 'node:cluster';
import type { Started } from '../lifecycle.ts';
import type { WorkerMessage } from './supervisor.ts';

/** This process, as one of several that a supervisor runs. */
export interface SupervisedProcess {
  /** It listens. */
  ready(started: Started): void;
  /** Resolves when the supervisor wants it to stop or has ended, again at each call. */
  stopSignal(): Promise<string>;
}

/** Undefined if this process is not a supervisor's. */
export function supervisedProcess(): SupervisedProcess | undefined {
  if (!cluster.isWorker) return undefined;
  // A terminal and systemd send theirs to all processes at once; the supervisor passes it on.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {});
  const stops = new Stops();
  // From the first moment on: it may be told to stop before it has started.
  process.on('message', ({ stop = 'stop' }: { stop?: string }) => stops.add(stop));
  process.once('disconnect', () => stops.add('end of the supervisor'));
  return {
    ready: (started) => {
      const message: WorkerMessage = { ready: started };
      process.send?.(message);
    },
    stopSignal: () => stops.next(),
  };
}

/** What was said, until somebody asks for it. */
class Stops {
  readonly #said: string[] = [];
  readonly #asked: ((signal: string) => void)[] = [];

  add(signal: string): void {
    const resolve = this.#asked.shift();
    if (resolve === undefined) this.#said.push(signal);
    else resolve(signal);
  }

  next(): Promise<string> {
    const signal = this.#said.shift();
    if (signal !== undefined) return Promise.resolve(signal);
    return new Promise((resolve) => this.#asked.push(resolve));
  }
}
