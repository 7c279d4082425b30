import type { Socket } from 'node:net';
import { Exchange, type RequestHead } from '../exchange.ts';
import type { RawHeaders } from '../headers.ts';
import type { AnswerText } from './answer-text.ts';

/** One whose answer is written to the connection as a whole. */
export class FastExchange extends Exchange {
  readonly #text: AnswerText;
  readonly #written: () => void;
  #status = 0;
  #isWhole = false;
  #closes = false;

  /** @param written called when all of the answer was handed to the connection */
  constructor(
    request: RequestHead,
    socket: Socket,
    client: string | undefined,
    text: AnswerText,
    written: () => void,
  ) {
    super(request, socket, client);
    this.#text = text;
    this.#written = written;
  }

  override get isBegun(): boolean {
    return this.#status !== 0;
  }

  /** Whether the connection is to be closed after it. */
  get closes(): boolean {
    return this.#closes;
  }

  override answer(status: number, headers: RawHeaders, body?: Uint8Array | string): void {
    if (this.isOver) return;
    const head = this.#text.head(status, this.headersOf(headers), this.#closes);
    this.#status = status;
    const bytes = this.bodyOf(body);
    this.#write(head, bytes);
  }

  /** It has all been handed over at once: there is nothing to be missing. */
  override breakOff(): void {
    this.destroy();
  }

  override destroy(): void {
    this.socket.destroy();
  }

  override closeAfter(): void {
    this.#closes = true;
  }

  protected override get status(): number {
    return this.#status;
  }

  protected override get isWhole(): boolean {
    return this.#isWhole;
  }

  #write(head: string, body: Uint8Array | string | undefined): void {
    const { socket } = this;
    const done = (error?: Error | null): void => {
      // Then the connection closes, which is where that is dealt with.
      if (error) return;
      this.#isWhole = true;
      this.#written();
    };
    const text = body === undefined ? '' : this.#text.body(body);
    if (text !== undefined) {
      socket.write(head + text, 'latin1', done);
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body as Uint8Array, done);
    socket.uncork();
  }
}
