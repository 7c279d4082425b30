import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Denied, Unsupported } from '../../domain/errors.ts';
import type { Authenticator } from '../../domain/ports/authenticator.ts';
import type { AccessLog } from './access-log.ts';
import { answerBlob, answerPlainBlob } from './blobs.ts';
import { answerCatalog } from './catalog.ts';
import { answerDeletion } from './deletion.ts';
import { answerError } from './error-response.ts';
import type { Exchange, RequestHead } from './exchange.ts';
import { PlainRequests, type PlainRoute } from './fast-path/plain-requests.ts';
import { answerJson } from './json.ts';
import { answerHeldManifest, answerManifest } from './manifests.ts';
import { Namespaces } from './namespace.ts';
import { NodeExchange } from './node-exchange.ts';
import type { HttpOptions } from './options.ts';
import { answerReferrers } from './referrers.ts';
import { RequestMalformed, RouteUnknown } from './refusals.ts';
import { type Route, Routes, type SharedTransferRoute } from './route.ts';
import type { Service } from './service.ts';
import { answerSharedTransfer } from './shared-transfers.ts';
import { answerTags } from './tags.ts';

const READS: readonly string[] = ['GET', 'HEAD'];

/** Of no client is asked who it is for these; the second are those of mirrors that have shown it. */
const FOR_ALL: readonly Route['kind'][] = ['alive', 'shared-transfer'];

/** Answers requests, whoever listens for them. */
export class RequestHandler {
  readonly #service: Service;
  readonly #log: AccessLog;
  readonly #authenticator: Authenticator;
  readonly #routes: Routes;
  readonly #running = new Set<Exchange>();
  #onIdle: () => void = () => {};

  constructor(service: Service, log: AccessLog, authenticator: Authenticator) {
    const { prefix, namespaces, libraryByDefault } = service.options;
    this.#service = service;
    this.#log = log;
    this.#authenticator = authenticator;
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
    const client = this.clientOf(request.socket, request.headers);
    const exchange = new NodeExchange(request, response, client);
    this.#running.add(exchange);
    // A write to a connection that was just closed ends there; `close` follows.
    response.on('error', ignore);
    const over = (): void => this.over(exchange, onOver);
    response.on('close', over);
    // A response that waits for its turn is not told that the connection is closed.
    if (response.socket === null) request.on('close', over);
    this.#answer(exchange).catch((error: unknown) => this.#fail(exchange, error));
  }

  /**
   * The same for a request that was read by {@link plainRequests}; {@link over} is to be called when
   * the answer is over.
   *
   * @param decline called if it is to be answered by {@link handle} after all
   */
  handlePlain(exchange: Exchange, route: PlainRoute, decline: () => void): void {
    this.#running.add(exchange);
    const settle = (isAnswered: boolean): void => {
      if (isAnswered) return;
      decline();
      this.#running.delete(exchange);
    };
    const fail = (error: unknown): void => this.#fail(exchange, error);
    try {
      const isAnswered = this.#answerPlain(exchange, route);
      if (typeof isAnswered === 'boolean') settle(isAnswered);
      else isAnswered.then(settle, fail);
    } catch (error) {
      fail(error);
    }
  }

  plainRequests(longest: number): PlainRequests {
    return new PlainRequests(this.#routes, longest);
  }

  /** Who a request is from. */
  clientOf(socket: Socket, headers: IncomingHttpHeaders): string | undefined {
    return this.#service.proxies.clientOf(socket, headers);
  }

  /** Its answer was sent, or the client has left. */
  over(exchange: Exchange, onOver?: () => void): void {
    if (!this.#running.delete(exchange)) return;
    this.#log.request(exchange.end());
    onOver?.();
    if (this.#running.size === 0) this.#onIdle();
  }

  /** At once where it can: to wait for what is in memory takes longer than to answer with it. */
  #answerPlain(exchange: Exchange, route: PlainRoute): boolean | Promise<boolean> {
    const waiting = this.#authenticate(exchange);
    if (waiting === undefined) return this.#answerAdmitted(exchange, route);
    return waiting.then(() => this.#answerAdmitted(exchange, route));
  }

  #answerAdmitted(exchange: Exchange, route: PlainRoute): boolean | Promise<boolean> {
    exchange.namespace = route.namespace;
    if (route.kind === 'blob') return answerPlainBlob(this.#service, exchange, route);
    if (answerHeldManifest(this.#service, exchange, route)) return true;
    return answerManifest(this.#service, exchange, route).then(() => true);
  }

  async #answer(exchange: NodeExchange): Promise<void> {
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

  #routeOf(request: RequestHead): Route | Error {
    const route = this.#routes.parseOrRefusal(request.url ?? '');
    if (route instanceof Error || route.kind !== 'shared-transfer') return route;
    return this.#refusalOf(route, request) ?? route;
  }

  /** Who does not even try to show that it is one of the mirrors is not told that there are any. */
  #refusalOf(
    { transfer }: SharedTransferRoute,
    { method, headers }: RequestHead,
  ): Error | undefined {
    const isAdmitted = this.#service.shared.admits(headers.authorization, transfer);
    if (method !== 'GET' || isAdmitted === undefined) return new RouteUnknown();
    return isAdmitted ? undefined : new Denied('this mirror has another secret, or another time');
  }

  #authenticate({ request, client }: Exchange): Promise<void> | undefined {
    const { authorization } = request.headers;
    return this.#authenticator.authenticate({ authorization, address: client });
  }

  #fail(exchange: Exchange, error: unknown): void {
    try {
      answerError(exchange, this.#service.headers, error);
    } catch (cause) {
      exchange.error = cause;
      exchange.destroy();
    }
  }
}

function dispatch(service: Service, exchange: NodeExchange, route: Route): Promise<void> | void {
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
  { method = '', headers, httpVersionMajor, httpVersionMinor }: RequestHead,
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
