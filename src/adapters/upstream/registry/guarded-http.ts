import { LRUCache } from 'lru-cache';
import { UpstreamBadAnswer, type UpstreamFailure } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { HttpRequest, HttpSender } from './http-client.ts';
import { failureOf } from './http-failure.ts';
import { answersProbe } from './probe.ts';
import { UpstreamHost } from './upstream-host.ts';

export interface GuardedHttpOptions {
  readonly http: HttpSender;
  readonly clock: Clock;
  readonly events: Events;
  readonly random: () => number;
  /** The address of `/v2/`. */
  readonly base: URL;
}

/** The registry, its token service and its CDN are a few; redirects could name hosts without end. */
const MOST_HOSTS = 64;

/** A host that got less time than this before the caller gave up has not failed. */
const FAIR_CHANCE_MS = 1_000;

/**
 * Sends requests to hosts that are worth asking, and learns from the answers which are: the registry,
 * the token service and the CDN each for itself, by their origins.
 */
export class GuardedHttp implements HttpSender {
  readonly #options: GuardedHttpOptions;
  readonly #hosts = new LRUCache<string, UpstreamHost>({
    max: MOST_HOSTS,
    dispose: (host) => host.stop(),
  });
  #isClosed = false;

  constructor(options: GuardedHttpOptions) {
    this.#options = options;
  }

  /** @throws UpstreamPaused, TooManyRequests without asking, while the host is not to be asked */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { http, clock } = this.#options;
    const host = this.#hostOf(request.url.origin);
    host.check();
    const sinceMs = clock.now();
    const answer = await http.send(request).catch((error) => {
      const isFair = !request.signal.aborted || clock.now() - sinceMs >= FAIR_CHANCE_MS;
      const failure = failureOf(error, request.url);
      if (isFair) host.failed(failure);
      throw failure;
    });
    const settled = { ...answer, settle: settling(host, answer) };
    if (answer.status !== 429) host.throttle.granted();
    else if (!request.isCounted) throw await host.throttle.refused(answer);
    return settled;
  }

  /** Nobody is probed any more. */
  close(): void {
    this.#isClosed = true;
    this.#hosts.clear();
  }

  #hostOf(origin: string): UpstreamHost {
    const known = this.#hosts.get(origin);
    if (known) return known;
    const { clock, events, random } = this.#options;
    const { host: name } = new URL(origin);
    const probe = (): Promise<boolean> => answersProbe(this.#options, origin);
    const host = new UpstreamHost({ host: name, clock, events, random, probe });
    if (this.#isClosed) host.stop();
    else this.#hosts.set(origin, host);
    return host;
  }
}

/** What comes of an answer: its status may tell already, or else whoever reads it. */
function settling(host: UpstreamHost, { status, url }: HttpAnswer): HttpAnswer['settle'] {
  let isSettled = false;
  const settle = (failure?: UpstreamFailure): void => {
    if (isSettled) return;
    isSettled = true;
    if (failure === undefined) host.succeeded();
    else host.failed(failure);
  };
  if (status >= 500) {
    const detail = { host: url.host, status };
    settle(new UpstreamBadAnswer(`${url.host} answered with status ${status}`, { detail }));
  } else if (status < 200 || status >= 300) settle();
  return settle;
}
