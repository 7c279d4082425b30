import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

/** A download at one's own pace, over a connection of its own. */
export class Download {
  readonly #answer: IncomingMessage;
  readonly #hash = createHash('sha256');
  readonly #closed: Promise<void>;
  #bytes = 0;
  #waiters: { bytes: number; resolve: () => void }[] = [];

  constructor(answer: IncomingMessage) {
    this.#answer = answer;
    answer.on('data', (piece: Buffer) => this.#take(piece));
    // A connection that breaks off shows in `digest`.
    answer.on('error', () => {});
    this.#closed = new Promise((resolve) => answer.once('close', resolve));
  }

  get status(): number | undefined {
    return this.#answer.statusCode;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when this many bytes have come. */
  async reached(bytes: number): Promise<void> {
    if (this.#bytes >= bytes) return;
    await new Promise<void>((resolve) => this.#waiters.push({ bytes, resolve }));
  }

  /** Reads nothing more, so that the sender has to wait. */
  pause(): void {
    this.#answer.pause();
  }

  resume(): void {
    this.#answer.resume();
  }

  /** Leaves in the middle. */
  leave(): void {
    this.#answer.destroy();
  }

  /** The digest of all that came; fails if the answer was not complete. */
  async digest(): Promise<string> {
    await this.#closed;
    if (!this.#answer.complete) throw new Error(`broke off after ${this.#bytes} bytes`);
    return `sha256:${this.#hash.digest('hex')}`;
  }

  #take(piece: Buffer): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    const due = this.#waiters.filter(({ bytes }) => this.#bytes >= bytes);
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }
}

/** Begins a download; resolves when its headers are there. */
export async function download(
  url: string,
  headers: Record<string, string> = {},
): Promise<Download> {
  const request = get(url, { agent: false, headers });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return new Download(answer);
}
