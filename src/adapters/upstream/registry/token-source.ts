import { LRUCache } from 'lru-cache';
import { CredentialsRejected } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
import { SingleFlight } from '../../../domain/pull/single-flight.ts';
import { badAnswer, failureOfAnswer } from './answer-failure.ts';
import { waitFor, within } from './deadline.ts';
import { discard, type HttpAnswer, readBody } from './http-answer.ts';
import type { HttpSender } from './http-client.ts';
import type { Login } from './login.ts';
import { isTrustedRealm } from './realm-trust.ts';
import { sendFollowing } from './redirects.ts';
import { Throttle } from './throttle.ts';
import { parseToken, type Token } from './token.ts';

/** What a token is asked for. */
export interface TokenPurpose {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scope: string;
}

export interface TokenSourceOptions {
  readonly http: HttpSender;
  readonly clock: Clock;
  readonly events: Events;
  /** Whose credentials they are. */
  readonly registry: URL;
  /** Anonymous without. */
  readonly login: Login | undefined;
  readonly warn: (message: string) => void;
}

const TIMEOUT_MS = 15_000;
const LARGEST_ANSWER = 64 * 1024;
/** Tokens take some KiB each, and clients may ask for names without end. */
const MOST_TOKENS = 1_000;
/** A registry has one; it may name others without end. */
const MOST_SERVICES = 8;

/** Bearer tokens of one account, or of none: asked for when needed, kept, and shared. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #tokens = new LRUCache<string, Token>({ max: MOST_TOKENS });
  readonly #asking = new SingleFlight<Token>();
  readonly #throttles = new LRUCache<string, Throttle>({ max: MOST_SERVICES });
  #warned = false;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** A token, and whether it was asked for just now and not taken from memory. */
  async get(
    purpose: TokenPurpose,
    signal: AbortSignal,
  ): Promise<{ readonly value: string; readonly fresh: boolean }> {
    const { clock } = this.#options;
    const key = keyOf(purpose);
    const kept = this.#tokens.get(key);
    if (kept && clock.now() < kept.usableUntil) return { value: kept.value, fresh: false };
    const { host } = purpose.realm;
    const bounds = { clock, host, ms: TIMEOUT_MS };
    const asking = this.#asking.run(key, async () => {
      const token = await within(bounds, (own) => this.#ask(purpose, own));
      this.#tokens.set(key, token);
      return token;
    });
    const { value } = await waitFor(asking.result, { signal, host });
    return { value, fresh: true };
  }

  /** Forgets a token that was refused, unless there is another by now. */
  forget(purpose: TokenPurpose, value: string): void {
    const key = keyOf(purpose);
    if (this.#tokens.get(key)?.value === value) this.#tokens.delete(key);
  }

  async #ask(purpose: TokenPurpose, signal: AbortSignal): Promise<Token> {
    const login = this.#loginFor(purpose.realm);
    if (login === undefined) return this.#request(purpose, undefined, signal);
    return login.attempt(() => this.#request(purpose, login, signal));
  }

  async #request(
    purpose: TokenPurpose,
    login: Login | undefined,
    signal: AbortSignal,
  ): Promise<Token> {
    const { http, clock } = this.#options;
    const throttle = this.#throttleOf(purpose.realm);
    throttle.check();
    const headers = login === undefined ? {} : { authorization: login.header };
    // Docker Hub locks those whose logins failed, and only them.
    const request = {
      method: 'GET',
      url: urlFor(purpose),
      headers,
      signal,
      isCounted: true,
    } as const;
    const answer = await sendFollowing(http, request);
    if (answer.status === 401) throw await rejection(answer, login);
    if (answer.status === 429) throw await throttle.refused(answer);
    if (answer.status !== 200) throw await failureOfAnswer(answer, clock.now());
    throttle.granted();
    return readToken(answer, clock.now());
  }

  #throttleOf({ host, origin }: URL): Throttle {
    const known = this.#throttles.get(origin);
    if (known) return known;
    const { clock, events, login } = this.#options;
    const concerns = { account: login?.username };
    const throttle = new Throttle({ host, concerns, clock, events });
    this.#throttles.set(origin, throttle);
    return throttle;
  }

  #loginFor(realm: URL): Login | undefined {
    const { login, registry, warn } = this.#options;
    if (login === undefined || isTrustedRealm(registry, realm)) return login;
    if (!this.#warned) {
      warn(
        `${registry.host} sends us to ${realm.origin} for tokens, which is another's: ` +
          'the configured user name and password are not sent there',
      );
    }
    this.#warned = true;
    return undefined;
  }
}

async function readToken(answer: HttpAnswer, nowMs: number): Promise<Token> {
  const token = parseToken((await readBody(answer, LARGEST_ANSWER)).toString(), nowMs);
  if (token === undefined) throw badAnswer(answer, 'sent no token where one was expected');
  answer.settle();
  return token;
}

async function rejection(
  answer: HttpAnswer,
  login: Login | undefined,
): Promise<CredentialsRejected> {
  await discard(answer);
  const { host } = answer.url;
  if (login !== undefined) return login.rejectedBy(host);
  return new CredentialsRejected(`${host} gives no token without a user name and a password`, {
    detail: { host },
  });
}

function keyOf({ realm, service = '', scope }: TokenPurpose): string {
  return `${realm.href} ${service} ${scope}`;
}

/** https://distribution.github.io/distribution/spec/auth/token/#requesting-a-token */
function urlFor({ realm, service, scope }: TokenPurpose): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.append('scope', scope);
  return url;
}
