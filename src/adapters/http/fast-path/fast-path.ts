import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { RequestHandler } from '../handler.ts';
import type { HttpLimits } from '../options.ts';
import { Answers } from './answers.ts';
import { FastConnection } from './fast-connection.ts';
import { FastExchange } from './fast-exchange.ts';
import type { PlainRequest, PlainRequests } from './plain-requests.ts';

type Listener = (this: Server | SecureServer, socket: Socket) => void;

/**
 * Node's HTTP takes twice as long for a request as all the rest of the mirror when it has the answer
 * in memory. So a connection begins here, and is handed over to Node with the first request that is
 * not one in the plainest form for a manifest, or a blob in memory. All that decides about an answer is
 * the same.
 */
export class FastPath {
  readonly limits: HttpLimits;
  readonly #server: Server | SecureServer;
  readonly #handler: RequestHandler;
  readonly #requests: PlainRequests;
  readonly #answers: Answers;
  readonly #node: Listener;
  #isOpen = true;

  /** To be made before anybody else listens for connections. */
  constructor(
    server: Server | SecureServer,
    event: 'connection' | 'secureConnection',
    handler: RequestHandler,
    limits: HttpLimits,
  ) {
    this.limits = limits;
    this.#server = server;
    this.#handler = handler;
    this.#requests = handler.plainRequests(limits.maxHeaderBytes);
    this.#answers = new Answers(limits.keepAliveTimeoutMs);
    const [node] = server.listeners(event) as Listener[];
    if (node === undefined) throw new TypeError(`nobody takes a ${event}`);
    this.#node = node;
    server.removeListener(event, node);
    server.on(event, (socket: Socket) => void new FastConnection(socket, this));
  }

  /** From now on all that comes is for Node, which closes connections in order. */
  close(): void {
    this.#isOpen = false;
  }

  read(chunk: Buffer): PlainRequest | undefined {
    return this.#isOpen ? this.#requests.read(chunk) : undefined;
  }

  /** @param written called when the answer was handed to the connection */
  exchange({ head }: PlainRequest, socket: Socket, written: () => void): FastExchange {
    const client = this.#handler.clientOf(socket, head.headers);
    return new FastExchange(head, socket, client, this.#answers, written);
  }

  /** @param decline called if it is Node that is to answer */
  answer(exchange: FastExchange, { route }: PlainRequest, decline: () => void): void {
    this.#handler.handlePlain(exchange, route, decline);
  }

  over(exchange: FastExchange): void {
    this.#handler.over(exchange);
  }

  handOver(socket: Socket): void {
    this.#node.call(this.#server, socket);
  }
}
