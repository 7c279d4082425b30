import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whatever a client wants from beyond this machine: it is noted, and refused. */
export class Outside {
  /** Whom the client wanted to reach, in order. */
  readonly calls: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.calls.push(request.url ?? '');
      response.writeHead(502).end();
    });
    this.#server.on('connect', (request, socket) => {
      this.calls.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The variables that make a program come here instead of going out. */
  get variables(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    return { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '127.0.0.1' };
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
