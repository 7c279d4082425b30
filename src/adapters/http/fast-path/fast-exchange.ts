import type { Socket } from 'node:net';
import { Exchange, type RequestHead } from '../exchange.ts';
import type { RawHeaders } from '../headers.ts';
import type { AnswerBytes, Answers } from './answers.ts';

/** One whose answer is written to the connection as a whole. */
export class FastExchange extends Exchange {
  readonly #answers: Answers;
  readonly #written: () => void;
  #status = 0;
  #isWhole = false;
  #closes = false;

  /** @param written called when all of the answer was handed to the connection */
  constructor(
    request: RequestHead,
    socket: Socket,
    client: string | undefined,
    answers: Answers,
    written: () => void,
  ) {
    super(request, socket, client);
    this.#answers = answers;
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
    const { namespace } = this;
    const bytes = this.bodyOf(typeof body === 'string' ? Buffer.from(body) : body);
    const head = { status, headers, namespace, closes: this.#closes };
    const answer = this.#answers.answer(head, bytes);
    this.#status = status;
    this.#write(answer);
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

  #write({ bytes, rest }: AnswerBytes): void {
    const { socket } = this;
    if (rest === undefined) {
      socket.write(bytes, this.#done);
      return;
    }
    socket.cork();
    socket.write(bytes);
    socket.write(rest, this.#done);
    socket.uncork();
  }

  readonly #done = (error?: Error | null): void => {
    // Then the connection closes, which is where that is dealt with.
    if (error) return;
    this.#isWhole = true;
    this.#written();
  };
}
