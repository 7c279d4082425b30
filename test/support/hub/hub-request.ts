import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import type { ArrivalKind } from './arrivals.ts';

/** One request with its (small) body read. */
export interface HubRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
  source: string;
}

/** A request that is understood but not answered yet: faults are chosen in between. */
export interface Exchange {
  kind: ArrivalKind;
  repository?: string;
  reference?: string;
  /** The range is a parameter so that a fault can have it ignored. */
  answer(range: string | undefined): Answer;
}

export type Endpoint = (request: HubRequest) => Exchange;

const BODY_LIMIT = 64 * 1024;

export async function readRequest(message: IncomingMessage): Promise<HubRequest> {
  let body = '';
  for await (const chunk of message) {
    if (body.length < BODY_LIMIT) body += String(chunk);
  }
  return {
    method: message.method ?? 'GET',
    url: new URL(message.url ?? '/', 'http://double.invalid'),
    headers: message.headers,
    body,
    source: message.socket.remoteAddress ?? '127.0.0.1',
  };
}
