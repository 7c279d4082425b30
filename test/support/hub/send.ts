import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Arrival } from './arrivals.ts';
import type { Delivery, Refusal } from './delivery.ts';
import type { Pace } from './pace.ts';

/** Aborted when the connection goes away: client gone, double down, or a fault's doing. */
function closing(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function headersOf({ headers, length, status }: Delivery): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = { ...headers };
  if (length !== null && status !== 304) all['content-length'] ??= length;
  const sent = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent);
}

/** Writes `bytes` slice by slice, so that memory and the byte count follow the client's speed. */
async function write(
  response: ServerResponse,
  bytes: Uint8Array,
  { arrival, pace, signal }: Line,
): Promise<void> {
  const turn = pace?.begin();
  for (let at = 0; at < bytes.length; ) {
    const slice = bytes.subarray(at, at + (pace?.slice() ?? bytes.length));
    await turn?.(slice.length, signal);
    // Finer than `Date.now()`, and comparable with what other processes of the machine compute.
    arrival.firstByteAt ??= performance.timeOrigin + performance.now();
    if (!response.write(slice)) await once(response, 'drain', { signal });
    arrival.bytesSent += slice.length;
    at += slice.length;
  }
}

interface Line {
  arrival: Arrival;
  /** Only blob bytes are paced. */
  pace: Pace | undefined;
  signal: AbortSignal;
}

/** Waits for the pause, or fails at once when the connection closes. */
async function paused(pause: Delivery['pause'], signal: AbortSignal): Promise<void> {
  const closed = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('closed')), { once: true });
  });
  await Promise.race([pause?.until(signal), closed]);
}

async function writeBody(
  response: ServerResponse,
  { body, pause }: Delivery,
  line: Line,
): Promise<void> {
  const at = pause && pause.at >= 0 ? Math.min(pause.at, body.length) : undefined;
  if (at === undefined) return write(response, body, line);
  await write(response, body.subarray(0, at), line);
  await paused(pause, line.signal);
  await write(response, body.subarray(at), line);
}

function finish(response: ServerResponse, { ending }: Delivery): void {
  if (ending === 'end') response.end();
  // Not `destroy`: what was written goes out first, so that a cut is at the byte it was told.
  if (ending === 'close') response.socket?.destroySoon();
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  if (refusal === 'hang') return;
  if (refusal === 'reset') response.socket?.resetAndDestroy();
  else response.socket?.end(refusal.raw);
}

/** Sends `delivery`; a connection that closes on the way is no failure of the double. */
export async function send(
  response: ServerResponse,
  delivery: Delivery | Refusal,
  arrival: Arrival,
  pace: Pace | undefined,
): Promise<void> {
  if (typeof delivery === 'string' || 'raw' in delivery) {
    refuse(response, delivery);
    return;
  }
  const line = { arrival, pace, signal: closing(response) };
  try {
    if (delivery.pause?.at === -1) await paused(delivery.pause, line.signal);
    response.writeHead(delivery.status, headersOf(delivery));
    arrival.status = delivery.status;
    // Else Node keeps them back until the first body byte, which may come late or never.
    if (delivery.pause || delivery.ending !== 'end') response.flushHeaders();
    if (arrival.method !== 'HEAD') await writeBody(response, delivery, line);
    finish(response, delivery);
  } catch (error) {
    if (!line.signal.aborted) throw error;
  }
}
