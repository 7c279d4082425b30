import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from './error-response.ts';
import type { RawHeaders } from './headers.ts';

/** How long a client may take to read what was wrong before its connection is destroyed. */
const LINGER_MS = 2_000;

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const MESSAGE: Readonly<Record<number, string>> = {
  400: 'this is not an HTTP request',
  405: 'a mirror is only read',
  408: 'the request did not arrive in time',
  413: 'the request has too much around its body',
  431: 'the request line and headers are too long',
};

/** Answers what is not a request, on the connection itself: there is no response to write to. */
export function answerMalformed(error: Error, socket: Duplex, always: RawHeaders): void {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // One answer, however much more arrives; and none to who has gone.
  if (code === 'ECONNRESET' || code === 'EPIPE' || !socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  answerRaw(socket, STATUS[code] ?? 400, always);
}

export function answerRaw(socket: Duplex, status: number, always: RawHeaders): void {
  const body = errorBody('UNSUPPORTED', MESSAGE[status] ?? '');
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`];
  for (let at = 0; at < always.length; at += 2) lines.push(`${always[at]}: ${always[at + 1]}`);
  if (status === 405) lines.push('Allow: GET, HEAD');
  lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  lines.push('Connection: close', '', body);
  socket.on('error', () => socket.destroy());
  socket.end(lines.join('\r\n'));
  // To destroy it at once would reset it, and the answer could be lost on the way.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}
