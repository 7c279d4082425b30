import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Authenticator } from '../../domain/ports/authenticator.ts';
import type { Mirror } from '../../domain/ports/mirror.ts';
import type { SharedTransfers } from '../../domain/ports/shared-transfers.ts';
import { Acceleration } from './acceleration.ts';
import type { AccessLog } from './access-log.ts';
import { answerMalformed, answerRaw } from './bad-requests.ts';
import { BufferPool } from './buffer-pool.ts';
import { Connections } from './connections.ts';
import { FastPath } from './fast-path/fast-path.ts';
import { RequestHandler } from './handler.ts';
import { AnswerHeaders } from './headers.ts';
import { type Address, listen } from './listen.ts';
import { DEFAULT_LIMITS, type HttpLimits, type HttpOptions } from './options.ts';
import { createSecureServer } from './secure-server.ts';
import type { Service } from './service.ts';
import { NOTHING_SHARED } from './shared-transfers.ts';
import { readTls } from './tls-files.ts';
import { TrustedProxies } from './trusted-proxies.ts';

export type { Address } from './listen.ts';

/** How often connections are looked through for those that take too long. */
const CHECK_INTERVAL_MS = 2_000;

/** Serves a mirror over HTTP. */
export class MirrorServer {
  /** For mounting the mirror in a server of somebody else's, in place of `listen`. */
  readonly handler: RequestListener;
  /** The memory that blobs pass through; for those who watch it. */
  readonly pool: BufferPool;
  readonly #options: HttpOptions;
  readonly #log: AccessLog;
  readonly #headers: AnswerHeaders;
  readonly #requests: RequestHandler;
  readonly #server: Server | SecureServer;
  readonly #fastPath: FastPath;
  readonly #connections: Connections;
  #drained: Promise<void> | undefined;

  /**
   * @param shared what other mirrors of the storage may have; without it, nothing
   * @throws TypeError if a configured header cannot be sent
   * @throws TlsUnusable
   */
  constructor(
    mirror: Mirror,
    options: HttpOptions,
    log: AccessLog,
    authenticator: Authenticator,
    shared: SharedTransfers = NOTHING_SHARED,
  ) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#options = options;
    this.#log = log;
    this.#headers = new AnswerHeaders(options.headers);
    this.pool = new BufferPool(limits.bufferBytes);
    const proxies = new TrustedProxies(options.trustedProxies);
    const service: Service = {
      mirror,
      shared,
      options,
      limits,
      headers: this.#headers,
      pool: this.pool,
      proxies,
      acceleration: options.acceleration && new Acceleration(options.acceleration, proxies),
    };
    this.#requests = new RequestHandler(service, log, authenticator);
    this.handler = (request, response) => this.#requests.handle(request, response);
    this.#server = this.#create(limits);
    const event = options.tls === undefined ? 'connection' : 'secureConnection';
    this.#fastPath = new FastPath(this.#server, event, this.#requests, limits);
    this.#connections = new Connections(this.#server, options.tls !== undefined);
  }

  /** @throws ListenFailed */
  async listen(): Promise<Address> {
    const scheme = this.#options.tls === undefined ? 'http' : 'https';
    const address = await listen(this.#server, this.#options.listen, scheme);
    this.#server.on('error', (error) => this.#log.trouble?.(error));
    return address;
  }

  /**
   * Takes up changed TLS files; connections that are open go on as they are.
   *
   * @throws TlsUnusable and goes on with what it has
   */
  renewCertificate(): void {
    const { tls } = this.#options;
    if (tls === undefined || !(this.#server instanceof SecureServer)) return;
    this.#server.setSecureContext(readTls(tls));
  }

  /**
   * Stops accepting, lets the running answers end, and destroys what is left after `timeoutMs`.
   * Resolves when every connection is closed, and what was open for it.
   */
  drain(timeoutMs: number): Promise<void> {
    this.#drained ??= this.#drain(timeoutMs);
    return this.#drained;
  }

  async #drain(timeoutMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#fastPath.close();
    for (const exchange of this.#requests.running) exchange.closeAfter();
    this.#connections.destroy(this.#busySockets());
    const timer = setTimeout(() => {
      this.#connections.destroy();
      // The sockets of another server that has the handler.
      for (const { socket } of this.#requests.running) socket.destroy();
    }, timeoutMs);
    await closed;
    await this.#requests.idle();
    clearTimeout(timer);
  }

  #busySockets(): Set<Duplex> {
    return new Set([...this.#requests.running].map(({ socket }) => socket));
  }

  #create(limits: HttpLimits): Server | SecureServer {
    const { tls } = this.#options;
    const settings: ServerOptions = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      noDelay: true,
      // Node would answer its absence without a body.
      requireHostHeader: false,
    };
    const server = tls === undefined ? createServer(settings) : createSecureServer(settings, tls);
    if (limits.connections > 0) server.maxConnections = limits.connections;
    server.timeout = limits.writeTimeoutMs;
    // Node takes an answer for over, and its connection for idle, while its last bytes are still on
    // their way; `close` would cut them off. Idle connections are closed in `drain`.
    server.closeIdleConnections = () => {};
    this.#listenForRequests(server);
    return server;
  }

  #listenForRequests(server: Server | SecureServer): void {
    const answer: RequestListener = (request, response) => {
      if (this.#drained !== undefined) response.shouldKeepAlive = false;
      this.#requests.handle(request, response, () => this.#release(request.socket));
    };
    server.on('request', answer);
    // A body that is not wanted is not asked for, and other expectations are not met.
    server.on('checkContinue', answer);
    server.on('checkExpectation', answer);
    server.on('connect', (_, socket) => answerRaw(socket, 405, this.#headers.with()));
    server.on('clientError', (error, socket) => this.#refuse(error, socket));
  }

  /** An answer is over; while draining, so is its connection. */
  #release(socket: Socket): void {
    if (this.#drained === undefined || this.#busySockets().has(socket)) return;
    socket.destroySoon();
  }

  #refuse(error: Error, socket: Duplex): void {
    // In the middle of an answer, the words of another would become part of its body; and on a
    // connection without its TLS there is no way to say anything.
    if (this.#busySockets().has(socket) || !this.#connections.has(socket)) socket.destroy();
    else answerMalformed(error, socket, this.#headers.with());
  }
}
