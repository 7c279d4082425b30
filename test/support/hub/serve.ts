import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Arrival, ServerName } from './arrivals.ts';
import { plain } from './delivery.ts';
import { faultDelivery } from './fault-delivery.ts';
import { type Endpoint, type Exchange, type HubRequest, readRequest } from './hub-request.ts';
import type { HubState } from './hub-state.ts';
import { send } from './send.ts';

function arrivalOf(
  server: ServerName,
  { method, url, headers }: HubRequest,
  { kind, repository, reference }: Exchange,
): Arrival {
  const path = url.pathname + url.search;
  const asked = {
    server,
    kind,
    method,
    path,
    repository,
    reference,
    range: headers.range,
    headers,
  };
  return { ...asked, status: 0, bytesSent: 0, firstByteAt: undefined, ended: false };
}

/**
 * The way of every request through the double: understood by its server, recorded, met by a fault
 * or not, answered. A fault therefore sees the kind `challenge` for a request without token.
 */
async function exchange(
  server: ServerName,
  endpoint: Endpoint,
  state: HubState,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  const understood = endpoint(request);
  const { range } = request.headers;
  const arrival = arrivalOf(server, request, understood);
  response.once('close', () => {
    arrival.ended = true;
  });
  state.arrivals.record(arrival);
  const action = state.faults.take(arrival);
  const delivery = action
    ? faultDelivery(action, understood, range)
    : plain(understood.answer(range));
  const paced = arrival.kind === 'cdn-get' || arrival.kind === 'blob-get';
  await send(response, delivery, arrival, paced ? state.pace : undefined);
}

export function serve(server: ServerName, endpoint: Endpoint, state: HubState): RequestListener {
  return (message, response) => {
    exchange(server, endpoint, state, message, response).catch((error: Error) => {
      // Either the client broke off while sending, or the double has a bug that tests must see.
      if (!message.destroyed || message.complete) console.error(error);
      response.destroy();
    });
  };
}
