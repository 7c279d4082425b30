import { type NameUnknown, type RegistryError, UpstreamBadAnswer } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { failureOfAnswer, nameUnknown } from './answer-failure.ts';
import type { Authorization, Authorizer } from './authorizer.ts';
import { parseChallenges } from './challenge.ts';
import { within } from './deadline.ts';
import { discard, type HttpAnswer, headerValues } from './http-answer.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';
import { sendFollowing } from './redirects.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  readonly repository: RepositoryName;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What is awaited whole, or at least its headers, is awaited for so long; in milliseconds. */
const TIMEOUT_MS = 30_000;

/** Requests to the registry API that carry what the registry wants to see. */
export class RegistryClient {
  readonly #http: HttpClient;
  readonly #authorizer: Authorizer;
  readonly #clock: Clock;
  readonly #base: URL;

  /** `base` is the address of `/v2/`. */
  constructor(options: { http: HttpClient; authorizer: Authorizer; clock: Clock; base: URL }) {
    this.#http = options.http;
    this.#authorizer = options.authorizer;
    this.#clock = options.clock;
    this.#base = options.base;
  }

  /** The address of something in a repository, such as `manifests/latest`. */
  url(repository: RepositoryName, path: string): URL {
    return new URL(`${repository}/${path}`, this.#base);
  }

  /** Runs requests that may take `ms` together. */
  async within<T>(work: (signal: AbortSignal) => Promise<T>, ms: number = TIMEOUT_MS): Promise<T> {
    return within({ clock: this.#clock, host: this.#base.host, ms }, work);
  }

  /** Learns how the registry wants to be convinced, and so whether it is there. */
  async probe(): Promise<void> {
    await this.within((signal) => this.#authorizer.learn(signal));
  }

  /** Sends a request, and once more with a new authorization if the registry refuses the first. */
  async send(request: RegistryRequest): Promise<HttpAnswer> {
    const first = await this.#attempt(request);
    if (!isRefused(first.answer)) return first.answer;
    const insufficient = complaintOf(first.answer) === 'insufficient_scope';
    await this.#takeUp(first.answer);
    if (!first.authorization.refused(insufficient)) throw this.#hidden();
    const second = await this.#attempt(request);
    if (!isRefused(second.answer)) return second.answer;
    const complaint = complaintOf(second.answer);
    await this.#takeUp(second.answer);
    second.authorization.refused(complaint === 'insufficient_scope');
    throw complaint === 'invalid_token' ? this.#tokenRefused() : this.#hidden();
  }

  /** See {@link failureOfAnswer}. */
  async failureOf(
    answer: HttpAnswer,
    unknown?: (detail: object) => RegistryError,
  ): Promise<RegistryError> {
    return failureOfAnswer(answer, this.#clock.now(), unknown);
  }

  async #attempt(
    request: RegistryRequest,
  ): Promise<{ authorization: Authorization; answer: HttpAnswer }> {
    const { method, repository, url, signal } = request;
    const authorization = await this.#authorizer.authorize(repository, signal);
    const headers: HttpRequest['headers'] = {
      ...request.headers,
      ...(authorization.header !== undefined && { authorization: authorization.header }),
    };
    const answer = await sendFollowing(this.#http, { method, url, headers, signal });
    return { authorization, answer };
  }

  async #takeUp(answer: HttpAnswer): Promise<void> {
    await discard(answer);
    this.#authorizer.learnFrom(answer);
  }

  #hidden(): NameUnknown {
    return nameUnknown({ host: this.#base.host, status: 401 });
  }

  #tokenRefused(): UpstreamBadAnswer {
    const { host } = this.#base;
    return new UpstreamBadAnswer(`${host} refuses the tokens of its own token service`, {
      detail: { host, status: 401 },
    });
  }
}

function isRefused({ status, elsewhere }: HttpAnswer): boolean {
  return status === 401 && !elsewhere;
}

/** What is wrong with a token, in the words of RFC 6750 §3.1. */
function complaintOf(answer: HttpAnswer): string | undefined {
  const challenges = parseChallenges(headerValues(answer, 'www-authenticate'));
  return challenges.find(({ scheme }) => scheme === 'bearer')?.params.get('error');
}
