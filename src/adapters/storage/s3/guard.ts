import { Circuit } from '../../../domain/circuit.ts';
import { StorageUnavailable } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import { codeOf, isOutage } from './s3-errors.ts';

/** Each failure counted here has been tried again by the SDK before. Times in milliseconds. */
const POLICY = { failures: 2, baseMs: 2_000, ceilingMs: 15_000 };

export interface GuardOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (message: string) => void;
}

/**
 * Gives a bucket that keeps failing a rest: a pull asks it a dozen things, and must not wait for each
 * of them in vain. Now and then it is found out, behind the clients' backs, whether it answers again.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #probe: () => Promise<unknown>;
  readonly #circuit = new Circuit(POLICY);
  #cancel: (() => void) | undefined;
  #isStopped = false;

  /** @param probe any small request */
  constructor(options: GuardOptions, probe: () => Promise<unknown>) {
    this.#options = options;
    this.#probe = probe;
  }

  /** @throws StorageUnavailable while it rests */
  async run<T>(request: () => Promise<T>): Promise<T> {
    if (this.#circuit.isOpen) {
      throw new StorageUnavailable('the bucket is not asked, because it kept failing');
    }
    try {
      const result = await request();
      this.#answered(this.#circuit.succeeded(this.#options.clock.now()));
      return result;
    } catch (error) {
      if (isOutage(error)) this.#failed(error);
      else this.#answered(this.#circuit.succeeded(this.#options.clock.now()));
      throw error;
    }
  }

  /** It is probed no more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #failed(cause: unknown): void {
    const { clock, warn } = this.#options;
    if (!this.#circuit.failed(clock.now())) return;
    warn(
      `the S3 bucket keeps failing (${codeOf(cause)}): until it answers, pulls go by without it`,
    );
    this.#probeLater();
  }

  #answered(restedMs: number | undefined): void {
    if (restedMs === undefined) return;
    this.#cancel?.();
    this.#options.warn(`the S3 bucket answers again, after ${Math.round(restedMs / 1000)} s`);
  }

  #probeLater(): void {
    if (this.#isStopped) return;
    const { clock, random } = this.#options;
    const delayMs = this.#circuit.nextProbeMs(random());
    this.#cancel = clock.after(delayMs, () => void this.#probeNow());
  }

  async #probeNow(): Promise<void> {
    try {
      await this.#probe();
    } catch (error) {
      if (isOutage(error)) return this.#probeLater();
    }
    this.#answered(this.#circuit.answered(this.#options.clock.now()));
  }
}
