import { EventEmitter, once } from 'node:events';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import * as assert from 'uvu/assert';
import { image, randomLayer } from '../oci-image.ts';
import { rejects, testSuite } from '../suite.ts';
import type { Arrival } from './arrivals.ts';
import type { FaultAction } from './faults.ts';
import { ask, authorization, blobLink } from './hub-client.ts';
import { type HubDouble, startHub } from './hub-double.ts';

const NAME = 'library/alpine';
const SIZE = 100_000;
const LAYER = randomLayer(SIZE);
const MANIFEST = `/v2/${NAME}/manifests/latest`;

interface Received {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** Error code if the body did not end as it should. */
  broken: string | undefined;
}

async function read(message: IncomingMessage): Promise<Received> {
  const { statusCode: status = 0, headers } = message;
  const pieces: Buffer[] = [];
  try {
    for await (const piece of message) pieces.push(piece as Buffer);
  } catch (error) {
    const broken = (error as NodeJS.ErrnoException).code;
    return { status, headers, body: Buffer.concat(pieces), broken };
  }
  return { status, headers, body: Buffer.concat(pieces), broken: undefined };
}

function sameAs(body: Uint8Array, expected: Uint8Array): boolean {
  return Buffer.compare(body, expected) === 0;
}

function isHead(arrival: Arrival): boolean {
  return arrival.method === 'HEAD';
}

function answering(status: number): FaultAction {
  return { type: 'status', status };
}

/** `fetch` would decode, and hide what came before a break. */
async function open(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    httpGet(url, { headers, agent }, resolve).once('error', reject);
  });
}

async function receive(url: string, headers?: Record<string, string>): Promise<Received> {
  return read(await open(url, headers));
}

testSuite('Hub double: faults', (it) => {
  let hub: HubDouble;
  let link: string;
  it.beforeEach(async () => {
    hub = await startHub();
    hub.push(NAME, image({ layers: [LAYER] }), { tags: ['latest'] });
    link = await blobLink(hub, NAME, LAYER.digest);
  });
  it.afterEach(() => hub.close());

  async function received(
    action: FaultAction,
    headers?: Record<string, string>,
  ): Promise<Received> {
    hub.faults.add({ server: 'cdn', action });
    return receive(link, headers);
  }

  async function failure(action: FaultAction): Promise<string | undefined> {
    const error = await rejects(received(action), Error);
    return (error as NodeJS.ErrnoException).code;
  }

  it('status: gives another answer, text or JSON', async () => {
    const headers = { 'retry-after': '5' };
    const plain = await received({ type: 'status', status: 503, body: 'busy', headers });
    assert.equal([plain.status, plain.body.toString()], [503, 'busy']);
    assert.is(plain.headers['retry-after'], '5');
    hub.faults.clear();
    const json = await received({ type: 'status', status: 500, body: { a: 1 } });
    assert.equal(
      [json.headers['content-type'], json.body.toString()],
      ['application/json', '{"a":1}'],
    );
  });

  it('headers: changes and removes headers only', async () => {
    const headers = { etag: undefined, server: 'other' };
    const got = await received({ type: 'headers', headers });
    assert.equal([got.headers['etag'], got.headers['server']], [undefined, 'other']);
    assert.ok(sameAs(got.body, LAYER.bytes));
  });

  it('reset: breaks the connection before any answer', async () => {
    assert.is(await failure({ type: 'reset' }), 'ECONNRESET');
  });

  it('bare-lf: is not HTTP for a strict parser', async () => {
    assert.match((await failure({ type: 'bare-lf' })) ?? '', /^HPE_/);
  });

  it('hang: accepts and never answers', async () => {
    hub.faults.add({ server: 'cdn', action: { type: 'hang' } });
    const answer = receive(link).catch(() => 'closed');
    await hub.arrivals.reached('cdn-get');
    assert.is(hub.arrivals.of('cdn-get')[0]?.status, 0);
    await hub.close();
    assert.is(await answer, 'closed');
  });

  it('slow: waits before the headers', async () => {
    const begun = performance.now();
    assert.is((await received({ type: 'slow', ms: 50 })).status, 200);
    assert.ok(performance.now() - begun >= 49);
  });

  it('cut: closes after exactly so many bytes', async () => {
    const got = await received({ type: 'cut', after: 1000 });
    assert.is(got.headers['content-length'], String(SIZE));
    assert.equal([got.body.length, got.broken], [1000, 'ECONNRESET']);
    assert.is(hub.arrivals.bytes('cdn-get'), 1000);
  });

  it('stall: sends so many bytes and leaves the connection open', async () => {
    hub.faults.add({ server: 'cdn', action: { type: 'stall', after: 1000 } });
    const message = await open(link);
    assert.is(hub.arrivals.of('cdn-get')[0]?.ended, false);
    const got = read(message);
    await hub.close();
    assert.is((await got).body.length, 1000);
  });

  it('stall: sends headers even if no byte follows', async () => {
    hub.faults.add({ server: 'cdn', action: { type: 'stall', after: 0 } });
    const message = await open(link);
    assert.is(message.statusCode, 200);
    message.destroy();
  });

  it('hold: goes on when the test says so', async () => {
    const gate = new EventEmitter();
    const until = once(gate, 'open');
    hub.faults.add({ server: 'cdn', action: { type: 'hold', until, after: 10 } });
    const message = await open(link);
    gate.emit('open');
    assert.ok(sameAs((await read(message)).body, LAYER.bytes));
  });

  it('corrupt: flips one byte and leaves the rest', async () => {
    const { body } = await received({ type: 'corrupt', at: 10 });
    assert.ok(!sameAs(body, LAYER.bytes));
    body.writeUInt8(LAYER.bytes[10] ?? 0, 10);
    assert.ok(sameAs(body, LAYER.bytes));
  });

  it('shorter: ends properly with bytes missing', async () => {
    const got = await received({ type: 'shorter', by: 1 });
    assert.equal([got.body.length, got.broken], [SIZE - 1, undefined]);
  });

  it('longer: ends properly with bytes too many', async () => {
    const got = await received({ type: 'longer', by: 1 });
    assert.equal([got.body.length, got.broken], [SIZE + 1, undefined]);
  });

  it('wrong-length: announces more than it sends', async () => {
    const got = await received({ type: 'wrong-length', by: 5 });
    assert.is(got.headers['content-length'], String(SIZE + 5));
    assert.equal([got.body.length, got.broken], [SIZE, 'ECONNRESET']);
  });

  it('chunked: announces no length', async () => {
    const got = await received({ type: 'chunked' });
    assert.is(got.headers['content-length'], undefined);
    assert.is(got.body.length, SIZE);
  });

  it('html: says 200 with a web page', async () => {
    const got = await received({ type: 'html' });
    assert.equal([got.status, got.headers['content-type']], [200, 'text/html']);
  });

  it('bad-json: breaks the body of a token', async () => {
    hub.faults.add({ server: 'auth', kind: 'token', action: { type: 'bad-json' } });
    const got = await receive(`${hub.authUrl}/token`);
    assert.is(got.headers['content-type'], 'application/json');
    assert.throws(() => JSON.parse(got.body.toString()));
  });

  it('encoding: compresses unasked', async () => {
    const got = await received({ type: 'encoding' });
    assert.is(got.headers['content-encoding'], 'gzip');
    assert.ok(!sameAs(got.body, LAYER.bytes));
  });

  it('ignore-range: sends everything', async () => {
    const got = await received({ type: 'ignore-range' }, { range: 'bytes=10-' });
    assert.equal([got.status, got.body.length], [200, SIZE]);
  });

  it('hits as often as told, in the order of adding', async () => {
    hub.faults.add({ server: 'cdn', times: 1, action: answering(500) });
    hub.faults.add({ server: 'cdn', times: 2, action: answering(502) });
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) seen.push((await receive(link)).status);
    assert.equal(seen, [500, 502, 502, 200]);
  });

  it('hits only what fits the kind and the match', async () => {
    hub.faults.add({ server: 'registry', match: isHead, action: answering(500) });
    hub.faults.add({ server: 'registry', kind: 'tags', action: answering(502) });
    const token = await authorization(hub, NAME);
    assert.is((await ask(hub, MANIFEST, token)).status, 200);
    assert.is((await ask(hub, MANIFEST, token, 'HEAD')).status, 500);
  });

  it('can be taken away again', async () => {
    const remove = hub.faults.add({ server: 'cdn', action: { type: 'reset' } });
    remove();
    assert.is((await receive(link)).status, 200);
  });

  it('does not count a pull that was never answered', async () => {
    const token = await authorization(hub, NAME);
    hub.faults.add({ server: 'registry', times: 1, action: { type: 'status', status: 500 } });
    await ask(hub, MANIFEST, token);
    const answer = await ask(hub, MANIFEST, token);
    assert.is(answer.headers.get('ratelimit-remaining'), '99;w=21600');
  });
});
