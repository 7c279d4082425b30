import type { Socket } from 'node:net';
import type { FastExchange } from './fast-exchange.ts';
import type { FastPath } from './fast-path.ts';

/**
 * A connection on which plain requests for what is in memory are answered, one after the other. With
 * the first other one, or with what is not a request, it becomes Node's, for good.
 */
export class FastConnection {
  readonly #socket: Socket;
  readonly #path: FastPath;
  /** The one that is being answered. */
  #exchange: FastExchange | undefined;
  /** What has come behind its request. */
  #later: Buffer | undefined;
  #hasEnded = false;

  constructor(socket: Socket, path: FastPath) {
    this.#socket = socket;
    this.#path = path;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.on('timeout', this.#onTimeout);
    socket.setTimeout(path.limits.headersTimeoutMs);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#exchange === undefined) this.#read(chunk);
    else {
      this.#later = this.#later === undefined ? chunk : Buffer.concat([this.#later, chunk]);
      this.#socket.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#exchange === undefined) this.#socket.end();
  };

  /** `close` follows. */
  readonly #onError = (): void => {};

  readonly #onClose = (): void => {
    this.#over();
  };

  /** Nothing has moved for a while. */
  readonly #onTimeout = (): void => {
    const { writeTimeoutMs } = this.#path.limits;
    const waitedMs = performance.now() - (this.#exchange?.startedAtMs ?? 0);
    const mayWait = writeTimeoutMs === 0 || waitedMs < writeTimeoutMs;
    if (this.#exchange === undefined || !mayWait) this.#socket.destroy();
    else this.#waitFor(writeTimeoutMs === 0 ? 0 : Math.ceil(writeTimeoutMs - waitedMs));
  };

  /** All that moves puts it off by itself; to set it takes as long as to read a request. */
  #waitFor(timeoutMs: number): void {
    if (this.#socket.timeout !== timeoutMs) this.#socket.setTimeout(timeoutMs);
  }

  #read(chunk: Buffer): void {
    const request = this.#path.read(chunk);
    if (request === undefined) {
      this.#handOver(chunk);
      return;
    }
    this.#exchange = this.#path.exchange(request, this.#socket, this.#onWritten);
    this.#path.answer(this.#exchange, request, () => this.#decline(chunk));
  }

  /** Its bytes, and what has come behind them, are Node's. */
  #decline(chunk: Buffer): void {
    if (this.#exchange === undefined) return; // the client has left
    this.#exchange = undefined;
    const later = this.#later;
    this.#handOver(later === undefined ? chunk : Buffer.concat([chunk, later]));
    if (later !== undefined) this.#socket.resume();
  }

  readonly #onWritten = (): void => {
    const closes = this.#exchange?.closes === true || this.#hasEnded;
    this.#over();
    if (closes) {
      this.#socket.destroySoon();
      return;
    }
    this.#waitFor(this.#path.limits.keepAliveTimeoutMs);
    const later = this.#later;
    if (later === undefined) return;
    this.#later = undefined;
    this.#read(later);
    this.#socket.resume();
  };

  #over(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange !== undefined) this.#path.over(exchange);
  }

  #handOver(chunk: Buffer): void {
    const socket = this.#socket;
    socket.removeListener('data', this.#onData);
    socket.removeListener('end', this.#onEnd);
    socket.removeListener('error', this.#onError);
    socket.removeListener('close', this.#onClose);
    socket.removeListener('timeout', this.#onTimeout);
    socket.setTimeout(0);
    this.#path.handOver(socket);
    socket.emit('data', chunk);
    if (this.#hasEnded) socket.emit('end');
  }
}
