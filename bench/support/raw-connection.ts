import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BenchFailure } from './bench-failure.ts';
import { destroyOnAbort } from './destroy-on-abort.ts';

/** All connections read into the same memory, one after another: nobody looks at the bytes. */
const BUFFER = Buffer.allocUnsafeSlow(1024 * 1024);

const END_OF_HEADERS = '\r\n\r\n';

export interface Arrived {
  /** When the first byte of the body came, on the clock of `performance.now`. */
  readonly firstByteAt: number;
  readonly lastByteAt: number;
}

interface Download {
  readonly url: string;
  head: string;
  left: number;
  firstByteAt: number;
  readonly resolve: (arrived: Arrived) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A client that takes bytes as cheaply as can be, so that it is not itself what is measured: it
 * counts them, and does nothing else.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #download: Download | undefined;
  #bytes = 0;

  private constructor({ hostname, port, host }: URL, signal: AbortSignal) {
    this.#host = host;
    const callback = (count: number): boolean => {
      this.#take(count);
      return true;
    };
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      onread: { buffer: BUFFER, callback },
    });
    destroyOnAbort(this.#socket, signal);
  }

  static async open(url: string, signal: AbortSignal): Promise<RawConnection> {
    const connection = new RawConnection(new URL(url), signal);
    const socket = connection.#socket;
    await once(socket, 'connect', { signal });
    socket.setNoDelay();
    const broken = new BenchFailure(`the connection to ${url} broke`);
    socket.on('error', () => connection.#download?.reject(broken));
    socket.on('close', () => connection.#download?.reject(broken));
    return connection;
  }

  /** How many bytes of bodies have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Downloads one thing; the next one may follow on the same connection. */
  get(url: string): Promise<Arrived> {
    const path = new URL(url).pathname;
    return new Promise((resolve, reject) => {
      this.#download = { url, head: '', left: 0, firstByteAt: 0, resolve, reject };
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}${END_OF_HEADERS}`);
    });
  }

  close(): void {
    this.#download = undefined;
    this.#socket.destroy();
  }

  #take(count: number): void {
    const download = this.#download;
    if (!download) return;
    const body = download.head.endsWith(END_OF_HEADERS) ? count : readHead(download, count);
    if (body === 0) return;
    const now = performance.now();
    download.firstByteAt ||= now;
    download.left -= body;
    this.#bytes += body;
    if (download.left > 0) return;
    this.#download = undefined;
    download.resolve({ firstByteAt: download.firstByteAt, lastByteAt: now });
  }
}

/** How many of the bytes that came belong to the body. */
function readHead(download: Download, count: number): number {
  const before = download.head.length;
  const seen = download.head + BUFFER.toString('latin1', 0, count);
  const end = seen.indexOf(END_OF_HEADERS);
  if (end < 0) {
    download.head = seen;
    return 0;
  }
  download.head = seen.slice(0, end + END_OF_HEADERS.length);
  const [, length] = /^content-length: *(\d+)/im.exec(download.head) ?? [];
  if (!download.head.startsWith('HTTP/1.1 200') || length === undefined) {
    const status = download.head.slice(0, download.head.indexOf('\r\n'));
    download.reject(new BenchFailure(`${download.url}: ${status}, length ${length}`));
    return 0;
  }
  download.left = Number(length);
  return count - (download.head.length - before);
}
