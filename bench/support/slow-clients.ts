import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BenchFailure } from './bench-failure.ts';

const PIECE = 64 * 1024;
const PAUSE_MS = 500;
/** All read into the same memory: nobody looks at the bytes. */
const BUFFER = Buffer.allocUnsafeSlow(PIECE);

/** Clients that take 64 KiB of one download twice a second, for as long as they are let. */
export class SlowClients {
  readonly #url: string;
  readonly #sockets: readonly Socket[];

  private constructor(url: string, sockets: readonly Socket[]) {
    this.#url = url;
    this.#sockets = sockets;
  }

  static async begin(url: string, clients: number, signal: AbortSignal): Promise<SlowClients> {
    const { hostname, port, host, pathname } = new URL(url);
    const sockets: Socket[] = [];
    for (let at = 0; at < clients; at++) {
      const socket = slowSocket(hostname, Number(port));
      sockets.push(socket);
      await once(socket, 'connect', { signal });
      socket.on('error', () => socket.destroy());
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    }
    return new SlowClients(url, sockets);
  }

  /** Fails if one of them was sent away, or got nothing. */
  end(): void {
    const served = this.#sockets.filter(({ destroyed, bytesRead }) => !destroyed && bytesRead > 0);
    for (const socket of this.#sockets) socket.destroy();
    const lost = this.#sockets.length - served.length;
    if (lost > 0) throw new BenchFailure(`${lost} slow clients of ${this.#url} were lost`);
  }
}

function slowSocket(host: string, port: number): Socket {
  const socket: Socket = connect({
    host,
    port,
    onread: {
      buffer: BUFFER,
      callback: () => {
        setTimeout(() => {
          if (!socket.destroyed) socket.resume();
        }, PAUSE_MS);
        return false;
      },
    },
  });
  return socket;
}
