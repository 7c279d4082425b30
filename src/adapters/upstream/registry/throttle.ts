import { type RegistryError, TooManyRequests } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
import { Cooldown } from '../../../domain/rate-limit.ts';
import { failureOfAnswer } from './answer-failure.ts';
import type { HttpAnswer } from './http-answer.ts';
import { retryAfterMs } from './retry-after.ts';

/** A 429 that concerns one account: another one may get an answer. */
export class AccountRefused extends TooManyRequests {}

export interface ThrottleOptions {
  readonly host: string;
  /** Whose requests are concerned: those of a user name, of nobody, or of everybody. */
  readonly concerns: { readonly account: string | undefined } | 'everybody';
  readonly cooldown?: Cooldown;
  readonly clock: Clock;
  readonly events: Events;
}

/** The refusals for too many requests (429): for how long they hold, and what they said. */
export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #cooldown: Cooldown;
  #said: RegistryError | undefined;

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#cooldown = options.cooldown ?? new Cooldown();
  }

  /** @throws TooManyRequests while the last refusal holds */
  check(): void {
    if (this.#cooldown.leftMs(this.#options.clock.now()) > 0) throw this.refusal();
  }

  /** What to say while it holds. */
  refusal(): TooManyRequests {
    const { host, concerns, clock } = this.#options;
    const Refusal = concerns === 'everybody' ? TooManyRequests : AccountRefused;
    const { message = `${host} answers no more requests for now`, detail } = this.#said ?? {};
    return new Refusal(message, Math.ceil(this.#cooldown.leftMs(clock.now()) / 1000), detail);
  }

  /** Notes a refusal; what to say of it. Consumes the body. */
  async refused(answer: HttpAnswer): Promise<TooManyRequests> {
    const { clock } = this.#options;
    const begins = this.#cooldown.refused(clock.now(), retryAfterMs(answer, clock.now()));
    if (begins) this.#tell();
    this.#said = await failureOfAnswer(answer, clock.now());
    return this.refusal();
  }

  /** See {@link Cooldown.granted}. */
  granted(): void {
    this.#cooldown.granted();
  }

  #tell(): void {
    const { host, concerns, clock, events } = this.#options;
    const account = concerns === 'everybody' ? undefined : concerns.account;
    const waitMs = this.#cooldown.leftMs(clock.now());
    const whose = account === undefined ? {} : { account };
    events.emit({ type: 'rate-limited', host, ...whose, waitMs });
  }
}
