import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Source } from '../../domain/ports/mirror.ts';
import type { AccessEntry } from './access-log.ts';
import type { RawHeaders } from './headers.ts';

/** What a client asks for. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
}

/** One request, its answer, and what there is to say about them afterwards. */
export abstract class Exchange {
  readonly request: RequestHead;
  readonly socket: Socket;
  /** Its address; undefined on a Unix socket. */
  readonly client: string | undefined;
  /** On the clock of `performance.now`. */
  readonly startedAtMs: number = performance.now();
  /** The registry that the client named with `ns`; the answer echoes it. */
  namespace: string | undefined;
  source: Source | undefined;
  error: unknown;
  /** Bytes of the body that were handed to the connection. */
  bytes = 0;
  /** Bytes of the body that the proxy in front was told to send, if it was. */
  leftToProxy: number | undefined;
  #isOver = false;

  constructor(request: RequestHead, socket: Socket, client: string | undefined) {
    this.request = request;
    this.socket = socket;
    this.client = client;
  }

  get isHead(): boolean {
    return this.request.method === 'HEAD';
  }

  /** Whether the answer was sent, or the client left before. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client has been told a status. */
  abstract get isBegun(): boolean;

  /** The whole answer; of a body to HEAD only the headers are sent. Does nothing when it is over. */
  abstract answer(status: number, headers: RawHeaders, body?: Uint8Array | string): void;

  /** Ends an answer that has begun, so that the client sees that bytes are missing. */
  abstract breakOff(): void;

  /** Ends without a word. */
  abstract destroy(): void;

  /** The connection is to be closed after this answer. */
  abstract closeAfter(): void;

  protected abstract get status(): number;

  /** Whether all of it was handed to the connection. */
  protected abstract get isWhole(): boolean;

  /** The answer is over, for whatever reason. */
  end(): AccessEntry {
    this.#isOver = true;
    const { request } = this;
    return {
      method: request.method ?? '',
      path: request.url ?? '',
      status: this.status,
      bytes: this.bytes,
      leftToProxy: this.leftToProxy,
      durationMs: performance.now() - this.startedAtMs,
      source: this.source,
      client: this.client,
      aborted: !this.isWhole && this.error === undefined,
      error: this.error,
    };
  }

  /** Of a body to HEAD only the headers are sent. */
  protected bodyOf<Body extends Uint8Array | string>(body: Body | undefined): Body | undefined {
    if (body === undefined || this.isHead) return undefined;
    this.bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    return body;
  }
}
