import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATIONS, type S3Answer, type S3Settings } from './operations.ts';
import { payloadOf } from './payload.ts';
import { S3Error } from './s3-error.ts';
import { readRequest, type S3Operation, type S3Request } from './s3-request.ts';
import { S3Store } from './s3-store.ts';
import { checkSignature, type S3Keys } from './signature.ts';
import { document } from './xml.ts';

/** What happens to a request in place of what it asks for. */
export type S3FaultAction =
  /** Answered with an error of this status and code. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** The connection is reset before the request is looked at. */
  | { readonly kind: 'reset' }
  /** It is done, but the connection is reset in place of the answer. */
  | { readonly kind: 'lost' }
  /** The connection is reset after so many bytes of the answer's body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing happens before the promise resolves. */
  | { readonly kind: 'late'; readonly until: Promise<void> };

export interface S3Fault {
  /** All, unless told. */
  readonly operation?: S3Operation;
  readonly match?: (request: S3Request) => boolean;
  /** How many requests meet it. */
  times: number;
  readonly action: S3FaultAction;
}

/**
 * A service that speaks as much of S3 as is needed, in the test's own process: it checks signatures
 * and sums, counts what arrives, and can be told to fail.
 */
export class S3Double {
  readonly bucket = 'kagami-test';
  readonly keys: S3Keys = { accessKey: 'test-key', secretKey: 'test-secret' };
  readonly store: S3Store = new S3Store();
  readonly requests: S3Request[] = [];
  readonly faults: S3Fault[] = [];
  readonly settings: S3Settings = {
    conditionalWrites: 'kept',
    pageSize: 1000,
    clockAheadMs: 0,
  };
  readonly #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((message, response) => {
      this.#answer(message, response).catch((error) => response.destroy(error));
    });
  }

  /** The endpoint. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody can connect any more until {@link listen} is called again. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Returns a function that takes the fault away again. */
  fails(fault: Omit<S3Fault, 'times'> & { times?: number }): () => void {
    const added: S3Fault = { times: Number.POSITIVE_INFINITY, ...fault };
    this.faults.push(added);
    return () => {
      added.times = 0;
    };
  }

  /** Tells the client's port of each connection from now on. */
  onConnection(told: (port: number | undefined) => void): void {
    this.#server.on('connection', ({ remotePort }) => told(remotePort));
  }

  /** Those for objects whose key has this in it. */
  count(operation: S3Operation, part = ''): number {
    return this.requests.filter((each) => each.operation === operation && each.key.includes(part))
      .length;
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(message);
    if (request === undefined) return send(response, undefined, { status: 405 });
    this.requests.push(request);
    const action = this.#faultFor(request);
    if (action?.kind === 'reset') return void message.socket.resetAndDestroy();
    if (action?.kind === 'late') await action.until;
    const body = await bodyOf(message);
    const answer = this.#resultOf(request, body, action);
    request.status = answer.status;
    if (action?.kind === 'lost') return void message.socket.resetAndDestroy();
    if (action?.kind === 'cut') return cut(response, answer, action.after);
    return send(response, request, answer);
  }

  #faultFor(request: S3Request): S3FaultAction | undefined {
    const fault = this.faults.find(({ operation, match, times }) => {
      const isOne = operation === undefined || operation === request.operation;
      return times > 0 && isOne && (match === undefined || match(request));
    });
    if (fault === undefined) return undefined;
    fault.times--;
    return fault.action;
  }

  #resultOf(request: S3Request, body: Buffer, action: S3FaultAction | undefined): S3Answer {
    try {
      if (action?.kind === 'error') throw new S3Error(action.status, action.code);
      checkSignature(request, this.keys, Date.now() + this.settings.clockAheadMs);
      if (request.bucket !== this.bucket) throw new S3Error(404, 'NoSuchBucket');
      const bytes = payloadOf(request, body);
      return OPERATIONS[request.operation](request, bytes, this.store, this.settings);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { status, code, more, headers } = error;
      const date = new Date(Date.now() + this.settings.clockAheadMs).toUTCString();
      const text = document('Error', { Code: code, Message: `as told: ${code}`, ...more });
      return {
        status,
        headers: { ...headers, date, 'content-type': 'application/xml' },
        body: text,
      };
    }
  }
}

export async function startS3(): Promise<S3Double> {
  const double = new S3Double();
  await double.listen();
  return double;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  request: S3Request | undefined,
  { status, headers = {}, body }: S3Answer,
): void {
  const isHead = request?.method === 'HEAD';
  const length = body === undefined ? undefined : Buffer.byteLength(body);
  response.writeHead(status, {
    ...(length !== undefined && { 'content-length': String(length) }),
    ...headers,
  });
  if (isHead) response.end();
  else response.end(body);
}

function cut(response: ServerResponse, { status, headers, body = '' }: S3Answer, at: number): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
  response.write(bytes.subarray(0, at), () => response.socket?.resetAndDestroy());
}
