import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../../adapters/telemetry/logger.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Started } from '../lifecycle.ts';

/** How long one waits before a worker is replaced that has ended soon; doubled each time, in ms. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** A worker that lived this long did not end because of what it met at its start; in ms. */
const SETTLED_AFTER_MS = 60_000;

/** How long a worker may take to end at once, in ms. */
const LAST_MS = 2_000;

export interface SupervisorOptions {
  /** How many workers there are to be. */
  readonly count: number;
  readonly logger: Logger;
  /** Resolves with the signal's name when the process is told to stop, again at each call. */
  readonly stopSignal: () => Promise<string>;
}

/** What a worker tells: that it listens, and where. */
export type WorkerMessage = { readonly ready: Started };

/**
 * Runs the mirror as several processes behind one port: each has the whole of it, and they share the
 * storage. A worker that ends by itself is replaced.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Set<Worker>();
  readonly #listening = new Set<Worker>();
  #isStopping = false;
  #signal = '';
  #delayMs = FIRST_DELAY_MS;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The first is started alone: what keeps it from starting is said once. */
  async run(): Promise<ExitCode> {
    const { count, logger } = this.#options;
    // Handed out in turn, a connection is lost with the worker that dies before it has taken it.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const stopped = this.#stopWhenTold();
    const first = await this.#start();
    if (this.#isStopping) return stopped;
    if (typeof first === 'number') return first;
    const others = Array.from({ length: count - 1 }, () => this.#start());
    const failed = (await Promise.all(others)).find((other) => typeof other === 'number');
    if (failed !== undefined && !this.#isStopping) {
      await this.#stop('SIGTERM');
      return failed;
    }
    if (!this.#isStopping) logger.info({ ...first, workers: count }, 'kagami is ready');
    return stopped;
  }

  /** Where it listens, or the code with which it has ended before that. */
  #start(): Promise<Started | ExitCode> {
    return new Promise((resolve) => {
      const worker = cluster.fork();
      const startedAtMs = Date.now();
      let isReady = false;
      this.#running.add(worker);
      worker.once('message', ({ ready }: WorkerMessage) => {
        isReady = true;
        this.#listening.add(worker);
        if (this.#isStopping) worker.send({ stop: this.#signal });
        resolve(ready);
      });
      worker.once('exit', (code, signal) => {
        this.#running.delete(worker);
        this.#listening.delete(worker);
        if (isReady) this.#replace(worker, { code, signal, livedMs: Date.now() - startedAtMs });
        else resolve(exitCodeOf(code));
      });
      // What is said to one that is just ending fails, too, but has an end.
      worker.on('error', () => {
        if (worker.process.pid !== undefined) return;
        this.#running.delete(worker);
        resolve(EXIT.failure);
      });
    });
  }

  #replace(worker: Worker, end: { code: number; signal: string; livedMs: number }): void {
    if (this.#isStopping) return;
    if (end.livedMs >= SETTLED_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    const { code, signal } = end;
    const message = 'a worker has ended by itself; another takes its place';
    this.#options.logger.error({ worker: worker.id, code, signal, delayMs }, message);
    setTimeout(() => void this.#startAgain(), delayMs);
  }

  async #startAgain(): Promise<void> {
    if (this.#isStopping) return;
    const started = await this.#start().catch(() => EXIT.failure);
    if (typeof started !== 'number' || this.#isStopping) return;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    this.#options.logger.error({ code: started, delayMs }, 'a worker cannot be started');
    setTimeout(() => void this.#startAgain(), delayMs);
  }

  async #stopWhenTold(): Promise<ExitCode> {
    const signal = await this.#options.stopSignal();
    const { logger } = this.#options;
    logger.info({ signal }, 'stopping: running answers may end; a second signal ends them at once');
    const isOver = this.#stop(signal);
    void this.#options.stopSignal().then((second) => this.#tellAgain(second));
    const code = await isOver;
    logger.info('stopped');
    return code;
  }

  /** Resolves when no worker runs any more: 0 if all have ended in order. */
  async #stop(signal: string): Promise<ExitCode> {
    this.#isStopping = true;
    this.#signal = signal;
    const ends = Array.from(this.#running, (worker) => {
      return new Promise<number>((resolve) => worker.once('exit', resolve));
    });
    this.#tell(signal);
    const codes = await Promise.all(ends);
    return codes.every((code) => code === EXIT.ok) ? EXIT.ok : EXIT.failure;
  }

  /** One that is starting still, or does nothing any more, may never come to hear it. */
  #tellAgain(signal: string): void {
    this.#tell(signal);
    const starting = [...this.#running].filter((worker) => !this.#listening.has(worker));
    kill(starting);
    setTimeout(() => kill(this.#running), LAST_MS);
  }

  /** One that is starting cannot hear it yet, and is told when it can. */
  #tell(signal: string): void {
    for (const worker of this.#listening) if (worker.isConnected()) worker.send({ stop: signal });
  }
}

function kill(workers: Iterable<Worker>): void {
  for (const worker of workers) worker.process.kill('SIGKILL');
}

function exitCodeOf(code: number | null): ExitCode {
  return Object.values(EXIT).find((known) => known === code && code !== EXIT.ok) ?? EXIT.failure;
}
