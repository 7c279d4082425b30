import type { Dispatcher } from 'undici';
import type { HttpAnswer } from './http-answer.ts';
import { failureOf } from './http-failure.ts';
import { loadUndici } from './undici.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Gives up the request; its reason is what the caller then gets. */
  readonly signal: AbortSignal;
  /** Whether a 429 says something of the account and not of the host: the caller deals with it. */
  readonly isCounted?: boolean | undefined;
}

/** What sends requests. */
export interface HttpSender {
  /** Resolves when the headers are here. */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpClientOptions {
  readonly userAgent: string;
  /** Whether `http_proxy`, `https_proxy` and `no_proxy` of the environment are followed. */
  readonly useEnvProxy?: boolean | undefined;
}

/** Times in milliseconds. */
const SETTINGS = {
  // One connection for each blob is faster than streams of one connection that share its window.
  allowH2: false,
  // To one host; more than the downloads that run at a time, so that no question waits for them.
  connections: 96,
  pipelining: 1,
  connect: { timeout: 5_000 },
  headersTimeout: 20_000,
  // undici's does not tell a slow reader from a stalled sender; stalls are the domain's to watch.
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
};

/** One HTTP/1.1 request at a time: connections, timeouts and errors; no redirects, no tokens. */
export class HttpClient implements HttpSender {
  readonly #dispatcher: Dispatcher;
  readonly #userAgent: string;

  constructor({ userAgent, useEnvProxy = false }: HttpClientOptions) {
    const { Agent, EnvHttpProxyAgent } = loadUndici();
    this.#userAgent = userAgent;
    this.#dispatcher = useEnvProxy ? new EnvHttpProxyAgent(SETTINGS) : new Agent(SETTINGS);
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { method, url, signal } = request;
    const common = { 'user-agent': this.#userAgent, 'accept-encoding': 'identity' };
    const path = url.pathname + url.search;
    const headers = { ...common, ...request.headers };
    try {
      const answer = await this.#dispatcher.request({
        origin: url.origin,
        path,
        method,
        headers,
        signal,
        // After a HEAD undici gives up the connection unless told otherwise, in case the server sends
        // a body all the same; a tag check would then cost a connection, and to the Hub a handshake.
        reset: false,
      });
      // It may fail before anybody reads it, and an error that nobody listens to ends the process.
      answer.body.on('error', () => {});
      return {
        url,
        elsewhere: false,
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body,
        settle: () => {},
      };
    } catch (error) {
      throw failureOf(error, url);
    }
  }

  /** Gives up every request that runs. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}
