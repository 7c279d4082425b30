import type { IncomingMessage, ServerResponse } from 'node:http';
import { Denied, RegistryError, Unsupported } from '../../domain/errors.ts';
import type { Authenticator } from '../../domain/ports/authenticator.ts';
import type { AccessLog } from './access-log.ts';
import { answerBlob } from './blobs.ts';
import { answerCatalog } from './catalog.ts';
import { answerDeletion } from './deletion.ts';
import { answerError } from './error-response.ts';
import { Exchange } from './exchange.ts';
import { answerJson } from './json.ts';
import { answerManifest } from './manifests.ts';
import { Namespaces } from './namespace.ts';
import type { HttpOptions } from './options.ts';
import { answerReferrers } from './referrers.ts';
import { RequestMalformed, RouteUnknown } from './refusals.ts';
import { type Route, Routes, type SharedTransferRoute } from './route.ts';
import type { Service } from './service.ts';
import { answerSharedTransfer } from './shared-transfers.ts';
import { answerTags } from './tags.ts';
import { TrustedProxies } from './trusted-proxies.ts';

const READS: readonly string[] = ['GET', 'HEAD'];

/** Of no client is asked who it is for these; the second are those of mirrors that have shown it. */
const FOR_ALL: readonly Route['kind'][] = ['alive', 'shared-transfer'];

/** Answers requests, whoever listens for them. */
export class RequestHandler {
  readonly #service: Service;
  readonly #log: AccessLog;
  readonly #authenticator: Authenticator;
  readonly #proxies: TrustedProxies;
  readonly #routes: Routes;
  readonly #running = new Set<Exchange>();
  #onIdle: () => void = () => {};

  constructor(service: Service, log: AccessLog, authenticator: Authenticator) {
    const { prefix, namespaces, libraryByDefault, trustedProxies } = service.options;
    this.#service = service;
    this.#log = log;
    this.#authenticator = authenticator;
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#routes = new Routes(prefix, new Namespaces(namespaces, libraryByDefault));
  }

  /** Whose answers are not over. */
  get running(): ReadonlySet<Exchange> {
    return this.#running;
  }

  /** Resolves when every answer is over. */
  async idle(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Never throws; `onOver` is called when the answer is over. */
  handle(request: IncomingMessage, response: ServerResponse, onOver?: () => void): void {
    const exchange = new Exchange(request, response, this.#proxies.clientOf(request));
    this.#running.add(exchange);
    // A write to a connection that was just closed ends there; `close` follows.
    response.on('error', ignore);
    const over = (): void => this.#over(exchange, onOver);
    response.on('close', over);
    // A response that waits for its turn is not told that the connection is closed.
    if (response.socket === null) request.on('close', over);
    this.#answer(exchange).catch((error: unknown) => this.#fail(exchange, error));
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    checkForm(request, this.#service.options);
    const route = this.#routeOf(request);
    // Nothing but whether the server is there is told to those who may not ask.
    if (route instanceof Error || !FOR_ALL.includes(route.kind)) {
      const waiting = this.#authenticate(exchange);
      if (waiting !== undefined) await waiting;
    }
    if (route instanceof Error) throw route;
    exchange.namespace = route.namespace;
    await dispatch(this.#service, exchange, route);
  }

  #routeOf(request: IncomingMessage): Route | Error {
    try {
      const route = this.#routes.parse(request.url ?? '');
      if (route.kind !== 'shared-transfer') return route;
      return this.#refusalOf(route, request) ?? route;
    } catch (error) {
      if (error instanceof RegistryError) return error;
      throw error;
    }
  }

  /** Who does not even try to show that it is one of the mirrors is not told that there are any. */
  #refusalOf(
    { transfer }: SharedTransferRoute,
    { method, headers }: IncomingMessage,
  ): Error | undefined {
    const isAdmitted = this.#service.shared.admits(headers.authorization, transfer);
    if (method !== 'GET' || isAdmitted === undefined) return new RouteUnknown();
    return isAdmitted ? undefined : new Denied('this mirror has another secret, or another time');
  }

  #authenticate({ request, client }: Exchange): Promise<void> | undefined {
    const { authorization } = request.headers;
    return this.#authenticator.authenticate({ authorization, address: client });
  }

  #over(exchange: Exchange, onOver: (() => void) | undefined): void {
    if (!this.#running.delete(exchange)) return;
    this.#log.request(exchange.end());
    onOver?.();
    if (this.#running.size === 0) this.#onIdle();
  }

  #fail(exchange: Exchange, error: unknown): void {
    try {
      answerError(exchange, this.#service.headers, error);
    } catch (cause) {
      exchange.error = cause;
      exchange.response.destroy();
    }
  }
}

function dispatch(service: Service, exchange: Exchange, route: Route): Promise<void> | void {
  if (exchange.request.method === 'DELETE') return answerDeletion(service, exchange, route);
  switch (route.kind) {
    case 'manifest':
      return answerManifest(service, exchange, route);
    case 'blob':
      return answerBlob(service, exchange, route);
    case 'tags':
      return answerTags(service, exchange, route);
    case 'referrers':
      return answerReferrers(service, exchange, route);
    case 'catalog':
      return answerCatalog(service, exchange, route.page);
    case 'base':
      // No challenge unless it is meant: a client would answer it with its user's Hub password.
      return answerJson(service, exchange, {});
    case 'alive':
      return answerAlive(service, exchange);
    case 'shared-transfer':
      return answerSharedTransfer(service, exchange, route);
  }
}

/**
 * @throws Unsupported
 * @throws RequestMalformed
 */
function checkForm(
  { method = '', headers, httpVersionMajor, httpVersionMinor }: IncomingMessage,
  { mayDelete }: HttpOptions,
): void {
  if (httpVersionMajor !== 1) throw new RequestMalformed('this server speaks HTTP/1.1 and 1.0');
  const isDeletion = method === 'DELETE' && mayDelete;
  if (!READS.includes(method) && !isDeletion) throw new Unsupported('a mirror is only read');
  // RFC 9112 §3.2.
  if (headers.host === undefined && httpVersionMinor > 0) {
    throw new RequestMalformed('the request has no Host header');
  }
}

function answerAlive({ headers }: Service, exchange: Exchange): void {
  exchange.answer(200, headers.with('Cache-Control', 'no-cache', 'Content-Length', '0'));
}

function ignore(): void {}
