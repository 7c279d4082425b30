import type { ByteReader } from '../../domain/ports/byte-reader.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { NodeExchange } from './node-exchange.ts';
import { ClientLeft, ClientStalled, LengthBroken } from './send-failures.ts';

/**
 * Sends what a reader gives as a response's body: one piece is read while the one before is being
 * written, and no more. There is no stream in between, since a stage of one costs more than the
 * copying of the bytes.
 */
export class ByteSender {
  readonly #reader: ByteReader;
  readonly #exchange: NodeExchange;
  readonly #pool: BufferPool;
  /** How many bytes are still to be read; infinite while nobody knows. */
  #left: number;
  #readAhead: Promise<Uint8Array> | undefined;
  #isReading = false;
  /** The buffer of the piece that is being read, or was read and waits to be written. */
  #scratch: Buffer | undefined;
  /** The buffer of the piece that is being written. */
  #writing: Buffer | undefined;
  #isWriting = false;
  #isComplete = false;
  #isOver = false;
  #fail: ((error: Error) => void) | undefined;

  constructor(
    reader: ByteReader,
    exchange: NodeExchange,
    pool: BufferPool,
    length: number = Number.POSITIVE_INFINITY,
  ) {
    this.#reader = reader;
    this.#exchange = exchange;
    this.#pool = pool;
    this.#left = length;
    pool.join();
    exchange.response.on('close', () => this.#stop());
  }

  /** Waits for the first bytes, so that to fail there can be answered in the ordinary way. */
  async begin(): Promise<void> {
    this.#readOn();
    await this.#readAhead;
  }

  /**
   * Sends everything and ends the response; its headers have been written.
   *
   * @throws ClientLeft
   * @throws ClientStalled if the client takes no byte for `timeoutMs`
   * @throws LengthBroken
   */
  send(timeoutMs: number): Promise<void> {
    if (this.#isOver) return Promise.reject(new ClientLeft());
    this.#exchange.response.setTimeout(timeoutMs, () => this.#onTimeout(timeoutMs));
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#pump().then(resolve, reject);
    });
  }

  async #pump(): Promise<void> {
    if (this.#readAhead === undefined) this.#readOn();
    while (this.#readAhead !== undefined) {
      const bytes = await this.#readAhead;
      this.#readAhead = undefined;
      if (this.#isOver) return;
      if (bytes.length > this.#left) throw new LengthBroken('more bytes than announced');
      const buffer = this.#takeScratch(bytes);
      if (bytes.length === 0) break;
      this.#left -= bytes.length;
      const written = this.#write(bytes, buffer);
      this.#readOn();
      await written;
    }
    if (this.#isComplete) return;
    if (Number.isFinite(this.#left) && this.#left > 0) {
      throw new LengthBroken(`${this.#left} bytes fewer than announced`);
    }
    this.#isComplete = true;
    this.#exchange.response.end();
  }

  #readOn(): void {
    if (this.#left === 0) return;
    this.#readAhead = this.#read();
    // It is awaited only when the piece before is written; a failure has to wait for that too.
    this.#readAhead.catch(() => {});
  }

  async #read(): Promise<Uint8Array> {
    this.#isReading = true;
    try {
      return await this.#reader.read(this.#lend);
    } finally {
      this.#isReading = false;
      if (this.#isOver) this.#dropScratch();
    }
  }

  readonly #lend = (): Uint8Array => {
    this.#scratch = this.#pool.lend(this.#left);
    return this.#scratch;
  };

  /** The buffer that `bytes` are in; undefined if they are in memory of the source's own. */
  #takeScratch(bytes: Uint8Array): Buffer | undefined {
    const buffer = this.#scratch;
    if (buffer === undefined) return undefined;
    if (bytes.length === 0 || bytes.buffer !== buffer.buffer) {
      this.#dropScratch();
      return undefined;
    }
    this.#scratch = undefined;
    return buffer;
  }

  #dropScratch(): void {
    if (this.#scratch !== undefined) this.#pool.takeBack(this.#scratch);
    this.#scratch = undefined;
  }

  #write(bytes: Uint8Array, buffer: Buffer | undefined): Promise<void> {
    this.#writing = buffer;
    this.#isWriting = true;
    const { response } = this.#exchange;
    return new Promise((resolve) => {
      const done = (error?: Error | null): void => {
        // Then the response closes, which is where that is dealt with.
        if (error || this.#isOver) return;
        this.#written(bytes.length);
        resolve();
      };
      if (this.#left === 0) response.end(bytes, done);
      else response.write(bytes, done);
    });
  }

  #written(length: number): void {
    if (this.#writing !== undefined) this.#pool.takeBack(this.#writing);
    this.#writing = undefined;
    this.#isWriting = false;
    this.#isComplete = this.#left === 0;
    this.#exchange.bytes += length;
  }

  #onTimeout(timeoutMs: number): void {
    // Without a piece to take it is not the client that is slow.
    if (!this.#isWriting) return;
    this.#fail?.(new ClientStalled(timeoutMs));
  }

  /** The response is closed: after its end, or because the client left. */
  #stop(): void {
    this.#isOver = true;
    this.#reader.close();
    this.#pool.leave();
    // A read that still runs writes into its buffer; it gives it back itself.
    if (!this.#isReading) this.#dropScratch();
    // The connection may still hold this one, so nobody else gets it.
    if (this.#writing !== undefined) this.#pool.discard(this.#writing);
    this.#writing = undefined;
    if (!this.#isComplete) this.#fail?.(new ClientLeft());
  }
}
