import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Source } from '../../domain/ports/mirror.ts';
import type { AccessEntry } from './access-log.ts';
import type { RawHeaders } from './headers.ts';

/** One request, its answer, and what there is to say about them afterwards. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The registry that the client named with `ns`; the answer echoes it. */
  namespace: string | undefined;
  source: Source | undefined;
  error: unknown;
  /** Bytes of the body that were handed to the connection. */
  bytes = 0;
  /** Bytes of the body that the proxy in front was told to send, if it was. */
  leftToProxy: number | undefined;
  /** Whether nothing but the connection's end tells the client where the body ends. */
  isOpenEnded = false;
  #isOver = false;
  readonly #startedAt: number = performance.now();
  /** Its address; undefined on a Unix socket. */
  readonly client: string | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, client: string | undefined) {
    this.request = request;
    this.response = response;
    this.client = client;
  }

  get isHead(): boolean {
    return this.request.method === 'HEAD';
  }

  /** Whether the answer was sent, or the client left before. */
  get isOver(): boolean {
    return this.#isOver;
  }

  head(status: number, headers: RawHeaders): void {
    const all =
      this.namespace === undefined ? headers : [...headers, 'OCI-Namespace', this.namespace];
    // Node takes the array as it is and does not change it; its types do not know of that.
    this.response.writeHead(status, all as string[]);
  }

  /** The whole answer; of a body to HEAD only the headers are sent. */
  answer(status: number, headers: RawHeaders, body?: Uint8Array | string): void {
    if (this.#isOver) return;
    this.head(status, headers);
    if (body === undefined || this.isHead) {
      this.response.end();
      return;
    }
    this.bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    this.response.end(body);
  }

  /**
   * Waits until the requests that came before on this connection are answered. A client may send
   * many at once, and an answer whose turn never comes is never told that the client left.
   */
  async turn(): Promise<void> {
    if (this.response.socket !== null) return;
    await new Promise<void>((resolve) => this.response.once('socket', () => resolve()));
  }

  /** The response is closed, for whatever reason. */
  end(): AccessEntry {
    this.#isOver = true;
    const { request, response } = this;
    return {
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.statusCode,
      bytes: this.bytes,
      leftToProxy: this.leftToProxy,
      durationMs: performance.now() - this.#startedAt,
      source: this.source,
      client: this.client,
      aborted: !response.writableFinished && this.error === undefined,
      error: this.error,
    };
  }
}
