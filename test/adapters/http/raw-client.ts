import { connect, type Socket } from 'node:net';
import type { Address } from '../../../src/adapters/http/server.ts';

/** How long a test waits for what a server should do at once, on a machine that is busy with others. */
const PATIENCE_MS = 60_000;

/** A client that sends what node's own is too polite for. */
export class RawClient {
  readonly socket: Socket;
  #received: Buffer[] = [];
  #ending: 'open' | 'ended' | 'reset' = 'open';
  #changed: () => void = () => {};

  constructor(address: Address) {
    this.socket =
      address.kind === 'tcp' ? connect(address.port, address.host) : connect(address.path);
    this.socket.on('data', (piece: Buffer) => {
      this.#received.push(piece);
      this.#changed();
    });
    this.socket.on('end', () => this.#end('ended'));
    this.socket.on('close', () => this.#end('ended'));
    this.socket.on('error', () => this.#end('reset'));
  }

  send(...lines: string[]): this {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return this;
  }

  get(path: string, ...headers: string[]): this {
    return this.send(`GET ${path} HTTP/1.1`, 'Host: test', ...headers);
  }

  get text(): string {
    return Buffer.concat(this.#received).toString('latin1');
  }

  /** Of everything so far, what follows the first empty line. */
  get body(): string {
    return this.text.slice(this.text.indexOf('\r\n\r\n') + 4);
  }

  /** Waits until `text` satisfies the condition, or the connection is over. */
  async until(condition: (text: string) => boolean): Promise<string> {
    await this.#wait(() => condition(this.text) || this.#ending !== 'open');
    return this.text;
  }

  /** How the server ended the connection. */
  async ending(): Promise<'ended' | 'reset'> {
    await this.#wait(() => this.#ending !== 'open');
    return this.#ending === 'reset' ? 'reset' : 'ended';
  }

  leave(): void {
    this.socket.resetAndDestroy();
  }

  #end(how: 'ended' | 'reset'): void {
    if (this.#ending === 'open') this.#ending = how;
    this.#changed();
  }

  async #wait(isDone: () => boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`waited in vain; so far: ${this.text}`));
      timer = setTimeout(fail, PATIENCE_MS);
    });
    const done = new Promise<void>((resolve) => {
      this.#changed = () => {
        if (isDone()) resolve();
      };
      this.#changed();
    });
    await Promise.race([done, late]).finally(() => clearTimeout(timer));
  }
}
