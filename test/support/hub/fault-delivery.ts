import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Answer, json, text } from './answer.ts';
import { type Delivery, plain, type Refusal } from './delivery.ts';
import type { FaultAction } from './faults.ts';
import type { Exchange } from './hub-request.ts';

const PORTAL = '<!doctype html><title>Welcome</title><p>Please log in to the network.</p>';
const BARE_LF = 'HTTP/1.1 429 Too Many Requests\nRetry-After: 60\n\nToo Many Requests.\n';

type ActionOf<T extends FaultAction['type']> = Extract<FaultAction, { type: T }>;
/** The right answer, worked out only by the faults that need it: working it out counts a pull. */
type Right = (range?: 'ignored') => Delivery;
type Effects = {
  [T in FaultAction['type']]: (action: ActionOf<T>, right: Right) => Delivery | Refusal;
};

function flipped(body: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(body);
  const position = Math.min(at, copy.length - 1);
  if (position >= 0) copy.writeUInt8(copy.readUInt8(position) ^ 0xff, position);
  return copy;
}

/** Another body under the right status and headers, its length announced honestly. */
function rewritten(right: Right, change: (body: Uint8Array) => Uint8Array): Delivery {
  const delivery = right();
  return plain({ ...delivery, body: change(delivery.body) });
}

function upTo(right: Right, bytes: number, ending: Delivery['ending']): Delivery {
  const delivery = right();
  return { ...delivery, body: delivery.body.subarray(0, bytes), ending };
}

function withHeaders(delivery: Delivery, headers: Answer['headers']): Delivery {
  return { ...delivery, headers: { ...delivery.headers, ...headers } };
}

const EFFECTS: Effects = {
  hang: () => 'hang',
  reset: () => 'reset',
  'bare-lf': () => ({ raw: BARE_LF }),
  html: () => plain(text(200, PORTAL, { 'content-type': 'text/html' })),
  status: ({ status, body = '', headers }) =>
    plain(typeof body === 'string' ? text(status, body, headers) : json(status, body, headers)),
  headers: ({ headers }, right) => withHeaders(right(), headers),
  slow: ({ ms }, right) => ({
    ...right(),
    pause: { at: -1, until: (signal) => sleep(ms, null, { signal }) },
  }),
  hold: ({ until, after = -1 }, right) => ({
    ...right(),
    pause: { at: after, until: () => until },
  }),
  cut: ({ after }, right) => upTo(right, after, 'close'),
  stall: ({ after }, right) => upTo(right, after, 'stall'),
  'wrong-length': ({ by }, right) => {
    const delivery = right();
    return { ...delivery, length: delivery.body.length + by, ending: 'close' };
  },
  chunked: (_, right) => ({ ...right(), length: null }),
  corrupt: ({ at }, right) => rewritten(right, (body) => flipped(body, at)),
  shorter: ({ by }, right) =>
    rewritten(right, (body) => body.subarray(0, Math.max(0, body.length - by))),
  longer: ({ by }, right) =>
    rewritten(right, (body) => Buffer.concat([body, Buffer.alloc(by, 'x')])),
  'bad-json': (_, right) => rewritten(right, () => Buffer.from('{"token": ')),
  encoding: (_, right) =>
    withHeaders(
      rewritten(right, (body) => gzipSync(body)),
      { 'content-encoding': 'gzip' },
    ),
  'ignore-range': (_, right) => right('ignored'),
};

/** How `exchange` is answered when `action` befalls it. */
export function faultDelivery(
  action: FaultAction,
  exchange: Exchange,
  range: string | undefined,
): Delivery | Refusal {
  const right: Right = (ignored) => plain(exchange.answer(ignored ? undefined : range));
  const effect = EFFECTS[action.type] as (action: FaultAction, right: Right) => Delivery | Refusal;
  return effect(action, right);
}
