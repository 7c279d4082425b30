import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { Everyone } from '../../../src/adapters/auth/everyone.ts';
import type { AccessEntry } from '../../../src/adapters/http/access-log.ts';
import { DEFAULT_OPTIONS, type HttpOptions } from '../../../src/adapters/http/options.ts';
import { type Address, MirrorServer } from '../../../src/adapters/http/server.ts';
import type { Authenticator } from '../../../src/domain/ports/authenticator.ts';
import type { SharedTransfers } from '../../../src/domain/ports/shared-transfers.ts';
import type { DefineTest } from '../../support/suite.ts';
import { FakeMirror } from './fake-mirror.ts';
import { RawClient } from './raw-client.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server over a fake mirror, and clients of it. */
export class Serving {
  readonly mirror: FakeMirror = new FakeMirror();
  readonly entries: AccessEntry[] = [];
  readonly server: MirrorServer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #clients: RawClient[] = [];
  #address: Address | undefined;

  constructor(
    options: Partial<HttpOptions> = {},
    authenticator: Authenticator = new Everyone(),
    shared?: SharedTransfers,
  ) {
    const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
    const log = { request: (entry: AccessEntry) => void this.entries.push(entry) };
    const all = { ...DEFAULT_OPTIONS, listen, ...options };
    this.server = new MirrorServer(this.mirror, all, log, authenticator, shared);
  }

  get address(): Address {
    if (this.#address === undefined) throw new Error('the server has not been started');
    return this.#address;
  }

  async start(): Promise<this> {
    this.#address = await this.server.listen();
    return this;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    for (const client of this.#clients) client.socket.destroy();
    await this.server.drain(0);
  }

  raw(): RawClient {
    const client = new RawClient(this.address);
    this.#clients.push(client);
    return client;
  }

  ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
    const { address } = this;
    const where =
      address.kind === 'tcp'
        ? { host: address.host, port: address.port }
        : { socketPath: address.path };
    // Node sends the body of a GET without saying how long it is.
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    const all = { ...headers, ...length };
    return new Promise((resolve, reject) => {
      const asking = request(
        { ...where, path, method, headers: all, agent: this.#agent },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, headers: got, rawHeaders } = response;
            resolve({ status, headers: got, rawHeaders, body: Buffer.concat(pieces) });
          });
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  }
}

/** A server for each test that asks for one; stopped after the test. */
export function servings(
  it: DefineTest,
): (...how: ConstructorParameters<typeof Serving>) => Promise<Serving> {
  const started: Serving[] = [];
  it.afterEach(async () => {
    await Promise.all(started.splice(0).map((serving) => serving.stop()));
  });
  return (...how) => {
    const serving = new Serving(...how);
    started.push(serving);
    return serving.start();
  };
}

/** The code of an OCI error body, after a look at its form. */
export function codeOf({ headers, body }: Pick<Answer, 'headers' | 'body'>): string {
  if (headers['content-type'] !== 'application/json') throw new Error('the body is not JSON');
  const { errors } = JSON.parse(body.toString()) as {
    errors: { code: string; message: string; detail: unknown }[];
  };
  const [error] = errors;
  if (errors.length !== 1 || error === undefined) throw new Error('not one error');
  if (typeof error.message !== 'string' || error.message === '') throw new Error('no message');
  if (!('detail' in error)) throw new Error('no detail');
  return error.code;
}
