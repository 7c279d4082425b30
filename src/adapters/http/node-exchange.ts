import type { IncomingMessage, ServerResponse } from 'node:http';
import { Exchange } from './exchange.ts';
import { echoing, type RawHeaders } from './headers.ts';

/** One that Node's HTTP server has read, and writes. */
export class NodeExchange extends Exchange {
  readonly response: ServerResponse;
  /** Whether nothing but the connection's end tells the client where the body ends. */
  isOpenEnded = false;

  constructor(request: IncomingMessage, response: ServerResponse, client: string | undefined) {
    super(request, request.socket, client);
    this.response = response;
  }

  override get isBegun(): boolean {
    return this.response.headersSent;
  }

  head(status: number, headers: RawHeaders): void {
    const all = this.namespace === undefined ? headers : echoing(this.namespace, headers);
    // Node takes the array as it is and does not change it; its types do not know of that.
    this.response.writeHead(status, all as string[]);
  }

  override answer(status: number, headers: RawHeaders, body?: Uint8Array | string): void {
    if (this.isOver) return;
    this.head(status, headers);
    const bytes = this.bodyOf(body);
    if (bytes === undefined) this.response.end();
    else this.response.end(bytes);
  }

  /**
   * Waits until the requests that came before on this connection are answered. A client may send
   * many at once, and an answer whose turn never comes is never told that the client left.
   */
  async turn(): Promise<void> {
    if (this.response.socket !== null) return;
    await new Promise<void>((resolve) => this.response.once('socket', () => resolve()));
  }

  /**
   * The client asks for the rest. Where only the connection's end marks the body's, that takes a
   * reset, at the price of bytes that were on their way.
   */
  override breakOff(): void {
    const { socket } = this.response;
    if (socket === null) {
      this.destroy();
      return;
    }
    if (!this.isOpenEnded) {
      socket.destroy();
      return;
    }
    try {
      socket.resetAndDestroy();
    } catch {
      // A Unix socket has no reset.
      socket.destroy();
    }
  }

  override destroy(): void {
    this.response.destroy();
  }

  override closeAfter(): void {
    this.response.shouldKeepAlive = false;
  }

  protected override get status(): number {
    return this.response.statusCode;
  }

  protected override get isWhole(): boolean {
    return this.response.writableFinished;
  }
}
