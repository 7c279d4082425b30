import { Circuit } from '../../../domain/circuit.ts';
import { StorageUnavailable } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import { codeOf, isOutage } from './s3-errors.ts';

/** Each failure counted here has been tried again by the SDK before. Times in milliseconds. */
const POLICY = { failures: 4, baseMs: 2_000, ceilingMs: 15_000 };

export interface GuardOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (message: string) => void;
}

/**
 * Gives a bucket that keeps failing a rest: a pull asks it a dozen things, and must not wait for each
 * of them in vain. After a while one request finds out whether it answers again.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #circuit = new Circuit(POLICY);
  #probeAt = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  async run<T>(request: () => Promise<T>): Promise<T> {
    this.#enter();
    try {
      const result = await request();
      this.#answered();
      return result;
    } catch (error) {
      if (isOutage(error)) this.#failed(error);
      else this.#answered();
      throw error;
    }
  }

  /** @throws StorageUnavailable */
  #enter(): void {
    if (!this.#circuit.isOpen) return;
    const { clock } = this.#options;
    if (clock.now() < this.#probeAt) {
      throw new StorageUnavailable('the bucket is not asked, because it kept failing');
    }
    this.#rest();
  }

  #answered(): void {
    const { clock, warn } = this.#options;
    const restedMs = this.#circuit.succeeded(clock.now());
    if (restedMs !== undefined) {
      warn(`the S3 bucket answers again, after ${Math.round(restedMs / 1000)} s`);
    }
  }

  #failed(cause: unknown): void {
    const { clock, warn } = this.#options;
    if (!this.#circuit.failed(clock.now())) return;
    this.#rest();
    warn(
      `the S3 bucket keeps failing (${codeOf(cause)}): until it answers, pulls go by without it`,
    );
  }

  #rest(): void {
    const { clock, random } = this.#options;
    this.#probeAt = clock.now() + this.#circuit.nextProbeMs(random());
  }
}
