import { Circuit } from '../../../domain/circuit.ts';
import { type UpstreamFailure, UpstreamPaused } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
import { Throttle } from './throttle.ts';

export interface UpstreamHostOptions {
  readonly host: string;
  readonly clock: Clock;
  readonly events: Events;
  /** From 0 to below 1, for the jitter of the probes. */
  readonly random: () => number;
  /** Whether it answers again. */
  readonly probe: () => Promise<boolean>;
}

/** Whether one host is worth asking: not while it wants to be left alone, or keeps failing. */
export class UpstreamHost {
  readonly #options: UpstreamHostOptions;
  /** Its refusals of all requests. */
  readonly throttle: Throttle;
  readonly #circuit = new Circuit();
  #failure: UpstreamFailure | undefined;
  #probeAtMs = 0;
  #cancelProbe: (() => void) | undefined;
  #stopped = false;

  constructor(options: UpstreamHostOptions) {
    this.#options = options;
    this.throttle = new Throttle({ ...options, concerns: 'everybody' });
  }

  /** @throws UpstreamPaused, TooManyRequests if it is not to be asked now */
  check(): void {
    if (this.#circuit.isOpen) throw this.#paused();
    this.throttle.check();
  }

  /** Notes that a request to it failed. */
  failed(failure: UpstreamFailure): void {
    const { clock, events, host } = this.#options;
    if (this.#stopped || !this.#circuit.failed(clock.now())) return;
    this.#failure = failure;
    const { failures } = this.#circuit;
    events.emit({ type: 'upstream-paused', host, failures, cause: failure });
    this.#scheduleProbe();
  }

  /** Notes that it gave an answer that made sense. */
  succeeded(): void {
    this.#resumed(this.#circuit.succeeded(this.#options.clock.now()));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelProbe?.();
  }

  #scheduleProbe(): void {
    const { clock, random } = this.#options;
    const delayMs = this.#circuit.nextProbeMs(random());
    this.#probeAtMs = clock.now() + delayMs;
    this.#cancelProbe?.();
    this.#cancelProbe = clock.after(delayMs, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    const answers = await this.#options.probe();
    if (this.#stopped || !this.#circuit.isOpen) return;
    if (answers) this.#resumed(this.#circuit.answered(this.#options.clock.now()));
    else this.#scheduleProbe();
  }

  #resumed(pausedMs: number | undefined): void {
    if (pausedMs === undefined || this.#stopped) return;
    const { events, host } = this.#options;
    this.#cancelProbe?.();
    events.emit({ type: 'upstream-resumed', host, pausedMs });
  }

  #paused(): UpstreamPaused {
    const { host, clock } = this.#options;
    const seconds = Math.max(1, Math.ceil((this.#probeAtMs - clock.now()) / 1000));
    const message = `${host} keeps failing and is not asked until it answers a probe`;
    const { detail } = this.#failure ?? {};
    return new UpstreamPaused(message, seconds, { detail, cause: this.#failure });
  }
}
