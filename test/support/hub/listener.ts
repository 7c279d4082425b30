import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Longer than any test, so that a pooled connection is never closed under a client's request. */
const KEEP_ALIVE_MS = 120_000;

/** One HTTP server that can go away and come back on the same port. */
export class Listener {
  readonly #handle: RequestListener;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port: number;

  /** Port 0 takes any free one. */
  constructor(handle: RequestListener, host: string, port: number) {
    this.#handle = handle;
    this.#host = host;
    this.port = port;
  }

  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, this.#handle);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(this.port, this.#host);
    await once(server, 'listening');
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Stops listening and breaks every connection, idle or not. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
