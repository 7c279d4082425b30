import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure } from './bench-failure.ts';
import { destroyOnAbort } from './destroy-on-abort.ts';

const PIECE = 64 * 1024;
const PAUSE_MS = 500;
const LOOK_EVERY_MS = 20;
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

  /** Resolves when each of them has something: what the sockets hold comes at full speed. */
  static async begin(url: string, count: number, signal: AbortSignal): Promise<SlowClients> {
    const { hostname, port, host, pathname } = new URL(url);
    const sockets: Socket[] = [];
    for (let at = 0; at < count; at++) {
      const socket = slowSocket(hostname, Number(port), signal);
      sockets.push(socket);
      await once(socket, 'connect', { signal });
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    }
    const clients = new SlowClients(url, sockets);
    await clients.#served(signal);
    return clients;
  }

  /** Fails if one of them was sent away. */
  end(): void {
    const lost = this.#lost();
    for (const socket of this.#sockets) socket.destroy();
    if (lost > 0) throw new BenchFailure(`${lost} slow clients of ${this.#url} were lost`);
  }

  async #served(signal: AbortSignal): Promise<void> {
    while (this.#sockets.some(({ bytesRead }) => bytesRead === 0)) {
      if (this.#lost() > 0) this.end();
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  #lost(): number {
    return this.#sockets.filter(({ destroyed }) => destroyed).length;
  }
}

function slowSocket(host: string, port: number, signal: AbortSignal): Socket {
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
  destroyOnAbort(socket, signal);
  // It is destroyed then, and counts as lost.
  socket.on('error', () => {});
  return socket;
}
