import type { Clock } from '../../../domain/ports/clock.ts';
import { SingleFlight } from '../../../domain/pull/single-flight.ts';
import { badAnswer, failureOfAnswer } from './answer-failure.ts';
import { type AuthScheme, chooseScheme, NO_AUTH } from './auth-scheme.ts';
import { parseChallenges } from './challenge.ts';
import { waitFor, within } from './deadline.ts';
import { discard, type HttpAnswer, headerValues, mediaTypeOf } from './http-answer.ts';
import type { HttpSender } from './http-client.ts';
import { sendFollowing } from './redirects.ts';

const TIMEOUT_MS = 15_000;

/**
 * How the registry wants to be convinced, asked for once in a process: `GET /v2/` without a token
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support).
 */
export class LearnedScheme {
  readonly #http: HttpSender;
  readonly #clock: Clock;
  readonly #base: URL;
  readonly #learning = new SingleFlight<AuthScheme>();
  #known: AuthScheme | undefined;

  /** `base` is the address of `/v2/`. */
  constructor({ http, clock, base }: { http: HttpSender; clock: Clock; base: URL }) {
    this.#http = http;
    this.#clock = clock;
    this.#base = base;
  }

  async get(signal: AbortSignal): Promise<AuthScheme> {
    if (this.#known !== undefined) return this.#known;
    const { host } = this.#base;
    const bounds = { clock: this.#clock, host, ms: TIMEOUT_MS };
    const learning = this.#learning.run('', () => within(bounds, (own) => this.#ask(own)));
    return waitFor(learning.result, { signal, host });
  }

  /** What is known so far. */
  get known(): AuthScheme | undefined {
    return this.#known;
  }

  /** Takes up the challenge of a refused request; whether there was one. */
  learnFrom(answer: HttpAnswer): boolean {
    const challenges = parseChallenges(headerValues(answer, 'www-authenticate'));
    if (challenges.length === 0) return false;
    this.#known = chooseScheme(challenges, answer.url.host);
    return true;
  }

  async #ask(signal: AbortSignal): Promise<AuthScheme> {
    const request = { method: 'GET', url: this.#base, headers: {}, signal } as const;
    const answer = await sendFollowing(this.#http, request);
    if (answer.status === 401 && this.learnFrom(answer)) {
      await discard(answer);
      return this.#known ?? NO_AUTH;
    }
    // Files behind a web server make a registry too, and such a one need not have this page.
    if (answer.status !== 200 && answer.status !== 404) {
      throw await failureOfAnswer(answer, this.#clock.now());
    }
    if (answer.status === 200 && mediaTypeOf(answer) === 'text/html') {
      throw badAnswer(answer, 'sent a web page in place of the registry API');
    }
    await discard(answer);
    this.#known = NO_AUTH;
    return NO_AUTH;
  }
}
