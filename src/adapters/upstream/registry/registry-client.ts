import { type NameUnknown, type RegistryError, UpstreamBadAnswer } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import type { Account } from './account.ts';
import type { AccountAllowance, Accounts } from './accounts.ts';
import { failureOfAnswer, nameUnknown } from './answer-failure.ts';
import type { Authorization } from './authorizer.ts';
import { parseChallenges } from './challenge.ts';
import { within } from './deadline.ts';
import { discard, type HttpAnswer, headerValues } from './http-answer.ts';
import type { HttpRequest, HttpSender } from './http-client.ts';
import { sendFollowing } from './redirects.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  readonly repository: RepositoryName;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whether it is about a manifest: a GET of one counts as a pull. */
  readonly isOfManifest?: boolean;
}

/** What is awaited whole, or at least its headers, is awaited for so long; in milliseconds. */
const TIMEOUT_MS = 30_000;

/** Requests to the registry API that carry what the registry wants to see. */
export class RegistryClient {
  readonly #http: HttpSender;
  readonly #accounts: Accounts;
  readonly #clock: Clock;
  readonly #base: URL;

  /** `base` is the address of `/v2/`. */
  constructor(options: { http: HttpSender; accounts: Accounts; clock: Clock; base: URL }) {
    this.#http = options.http;
    this.#accounts = options.accounts;
    this.#clock = options.clock;
    this.#base = options.base;
  }

  /** See {@link Accounts.allowances}. */
  get allowances(): readonly AccountAllowance[] {
    return this.#accounts.allowances;
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
    await this.within((signal) => this.#accounts.first.authorizer.learn(signal));
  }

  /**
   * Sends a request in the name of the first account with which it is answered.
   *
   * @throws TooManyRequests if none has a pull left, for a request that counts as one
   */
  async send(request: RegistryRequest): Promise<HttpAnswer> {
    const work = (account: Account): Promise<HttpAnswer> => this.#sendAs(account, request);
    return isPull(request) ? this.#accounts.pull(work) : this.#accounts.ask(work);
  }

  /** See {@link failureOfAnswer}. */
  async failureOf(
    answer: HttpAnswer,
    unknown?: (detail: object) => RegistryError,
  ): Promise<RegistryError> {
    return failureOfAnswer(answer, this.#clock.now(), unknown);
  }

  /** Sends a request, and once more with a new authorization if the registry refuses the first. */
  async #sendAs(account: Account, request: RegistryRequest): Promise<HttpAnswer> {
    const first = await this.#attempt(account, request);
    if (!isRefused(first.answer)) return first.answer;
    const insufficient = complaintOf(first.answer) === 'insufficient_scope';
    await takeUp(account, first.answer);
    if (!first.authorization.refused(insufficient)) throw this.#hidden();
    const second = await this.#attempt(account, request);
    if (!isRefused(second.answer)) return second.answer;
    const complaint = complaintOf(second.answer);
    await takeUp(account, second.answer);
    second.authorization.refused(complaint === 'insufficient_scope');
    throw complaint === 'invalid_token' ? this.#tokenRefused() : this.#hidden();
  }

  async #attempt(
    account: Account,
    request: RegistryRequest,
  ): Promise<{ authorization: Authorization; answer: HttpAnswer }> {
    const { method, repository, url, signal, isOfManifest = false } = request;
    const authorization = await account.authorizer.authorize(repository, signal);
    const headers: HttpRequest['headers'] = {
      ...request.headers,
      ...(authorization.header !== undefined && { authorization: authorization.header }),
    };
    const isCounted = isPull(request);
    const sent = { method, url, headers, signal, isCounted };
    const answer = await sendFollowing(this.#http, sent);
    if (isOfManifest) account.hear(answer);
    if (isCounted && answer.status === 429) throw await account.pulls.refused(answer);
    if (isCounted && answer.status === 200) account.pulls.granted();
    return { authorization, answer };
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

function isPull({ method, isOfManifest = false }: RegistryRequest): boolean {
  return isOfManifest && method === 'GET';
}

async function takeUp(account: Account, answer: HttpAnswer): Promise<void> {
  await discard(answer);
  account.authorizer.learnFrom(answer);
}

function isRefused({ status, elsewhere }: HttpAnswer): boolean {
  return status === 401 && !elsewhere;
}

/** What is wrong with a token, in the words of RFC 6750 §3.1. */
function complaintOf(answer: HttpAnswer): string | undefined {
  const challenges = parseChallenges(headerValues(answer, 'www-authenticate'));
  return challenges.find(({ scheme }) => scheme === 'bearer')?.params.get('error');
}
