import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connections of a server. */
export class Connections {
  /** Those on which requests come. */
  readonly #open = new Set<Socket>();
  /** Those whose TLS handshake is not over. */
  readonly #beginning = new Map<string, Socket>();

  /** @param isSecure whether the server speaks TLS */
  constructor(server: Server, isSecure: boolean) {
    if (!isSecure) {
      server.on('connection', (socket: Socket) => this.#add(socket));
      return;
    }
    server.on('connection', (socket: Socket) => this.#begin(socket));
    server.on('secureConnection', (socket: Socket) => {
      this.#beginning.delete(endsOf(socket));
      this.#add(socket);
    });
  }

  /** Whether requests come on it. */
  has(socket: Duplex): boolean {
    return this.#open.has(socket as Socket);
  }

  /** Destroys all that are not to be spared. */
  destroy(spared: ReadonlySet<Duplex> = new Set()): void {
    for (const socket of this.#beginning.values()) socket.destroy();
    for (const socket of this.#open) if (!spared.has(socket)) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
  }

  #begin(socket: Socket): void {
    const ends = endsOf(socket);
    this.#beginning.set(ends, socket);
    socket.on('close', () => {
      if (this.#beginning.get(ends) === socket) this.#beginning.delete(ends);
    });
  }
}

/**
 * What the socket that speaks TLS has in common with that below it, which it does not name. On a Unix
 * socket there is nothing: there the handshake's time limit ends what does not go on.
 */
function endsOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
