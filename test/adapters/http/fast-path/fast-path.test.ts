import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { ManifestUnknown, UpstreamUnreachable } from '../../../../src/domain/errors.ts';
import { eventually } from '../../../support/eventually.ts';
import { Gate } from '../../../support/gate.ts';
import { testSuite } from '../../../support/suite.ts';
import type { RawClient } from '../raw-client.ts';
import { type Serving, servings } from '../serving.ts';

const PATH = '/v2/library/app/manifests/1.0';
const JSON_OF_MANIFEST = { schemaVersion: 2, annotations: { text: 'ä€𝄞' } };

/** A header with which a request is Node's. */
const FOR_NODE = 'TE: trailers';

function withoutDate(text: string): string {
  return text.replace(/^Date: .*\r\n/m, '');
}

async function answerTo(serving: Serving, ...lines: string[]): Promise<string> {
  const client = serving.raw().send(...lines);
  const text = await client.until((got) => isWhole(got, lines[0]?.startsWith('HEAD') === true));
  client.leave();
  return text;
}

function isWhole(text: string, isHead: boolean): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const [, length = '0'] = /^Content-Length: (\d+)\r$/im.exec(text.slice(0, end + 2)) ?? [];
  return text.length >= end + 4 + (isHead || text.includes(' 304 ') ? 0 : Number(length));
}

type Prepared = (serving: Serving) => void;

const SAME: readonly (readonly [string, readonly string[], Prepared?])[] = [
  ['a manifest', [`GET ${PATH} HTTP/1.1`, 'Host: x']],
  ['a HEAD', [`HEAD ${PATH} HTTP/1.1`, 'Host: x']],
  ['a namespace', [`GET ${PATH}?ns=docker.io HTTP/1.1`, 'Host: x']],
  ['what the client has', [`GET ${PATH} HTTP/1.1`, 'Host: x', 'If-None-Match: *']],
  ['an unknown tag', ['GET /v2/library/app/manifests/2 HTTP/1.1', 'Host: x']],
  ['an unknown tag to a HEAD', ['HEAD /v2/library/app/manifests/2 HTTP/1.1', 'Host: x']],
  ['a wrong digest', ['GET /v2/library/app/manifests/sha256:1 HTTP/1.1', 'Host: x']],
  ['a wrong name', ['GET /v2/A/manifests/1 HTTP/1.1', 'Host: x']],
  [
    'a stale one',
    [`GET ${PATH} HTTP/1.1`, 'Host: x'],
    ({ mirror }) => Object.assign(mirror, { source: 'stale', ageMs: 61_000 }),
  ],
  [
    'an outage',
    [`GET ${PATH} HTTP/1.1`, 'Host: x'],
    ({ mirror }) => Object.assign(mirror, { failure: new UpstreamUnreachable('it is down') }),
  ],
  [
    'an error in other letters',
    [`GET ${PATH} HTTP/1.1`, 'Host: x'],
    ({ mirror }) => Object.assign(mirror, { failure: new ManifestUnknown('ä€𝄞') }),
  ],
  [
    'a mistake of ours',
    [`GET ${PATH} HTTP/1.1`, 'Host: x'],
    ({ mirror }) => Object.assign(mirror, { failure: new TypeError('a mistake') }),
  ],
];

testSuite('a plain request', (it) => {
  const serve = servings(it);

  async function served(prepare?: Prepared): Promise<Serving> {
    const serving = await serve({ headers: { 'X-Own': ['a', 'b'] } });
    serving.mirror.addManifest('library/app', '1.0', JSON_OF_MANIFEST);
    prepare?.(serving);
    return serving;
  }

  for (const [what, lines, prepare] of SAME) {
    it(`is answered as Node’s HTTP would: ${what}`, async () => {
      const serving = await served(prepare);
      const fast = await answerTo(serving, ...lines);
      const node = await answerTo(serving, ...lines, FOR_NODE);
      assert.is(withoutDate(fast), withoutDate(node));
      assert.match(fast, /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/m);
      await eventually(() => serving.entries.length === 2, 'both are over');
      const [one, other] = serving.entries.map((entry) => ({ ...entry, durationMs: 0 }));
      assert.equal(one, other);
      const calls = serving.mirror.calls;
      assert.equal(calls.slice(0, calls.length / 2), calls.slice(calls.length / 2));
    });
  }

  for (const method of ['GET', 'HEAD']) {
    it(`is answered as Node’s HTTP would: a ${method} of a manifest in memory`, async () => {
      const serving = await serve({ headers: { 'X-Own': ['a', 'b'] } });
      const { digest } = serving.mirror.addManifest(
        'library/app',
        '1.0',
        JSON_OF_MANIFEST,
      ).descriptor;
      serving.mirror.held.add(digest);
      const path = `/v2/library/app/manifests/${digest}`;
      for (const query of ['', '', '?ns=docker.io', '']) {
        const request = `${method} ${path}${query} HTTP/1.1`;
        const fast = await answerTo(serving, request, 'Host: x');
        const node = await answerTo(serving, request, 'Host: x', FOR_NODE);
        assert.is(withoutDate(fast), withoutDate(node));
      }
      const given = serving.mirror.calls.filter((call) => call.startsWith('heldManifest '));
      assert.is(given.length, 4);
    });
  }

  it('is answered again and again on one connection', async () => {
    const serving = await served();
    const client = serving.raw();
    for (let count = 1; count <= 3; count++) {
      client.get(PATH);
      await client.until((text) => text.split('"}}').length === count + 1);
    }
    assert.is(serving.mirror.calls.length, 3);
  });

  it('may be followed by others of any kind on its connection', async () => {
    const serving = await served();
    const blob = serving.mirror.addBlob('library/app', Buffer.from('the blob'));
    const client = serving.raw();
    await client.get(PATH).until((text) => text.endsWith('"}}'));
    await client.get(`/v2/library/app/blobs/${blob}`).until((text) => text.endsWith('the blob'));
    client.get(PATH);
    await eventually(() => serving.entries.length === 3, 'all three are over');
    assert.ok(serving.entries.every(({ status, aborted }) => status === 200 && !aborted));
  });

  it('is answered however its bytes come, and whatever comes with them', async () => {
    const serving = await served();
    const blob = serving.mirror.addBlob('library/app', Buffer.from('the blob'));
    const requests = [
      `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `HEAD ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET ${PATH} HTTP/1.1\r\nHost: x\r\n${FOR_NODE}\r\n\r\n`,
      `GET /v2/library/app/blobs/${blob} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'GET /v2/library/app/manifests/none HTTP/1.1\r\nHost: x\r\n\r\n',
    ];
    const cuts = fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(requests.length - 1), { maxLength: 6 }),
        cuts,
        async (which, sizes) => {
          const before = serving.entries.length;
          const text = which.map((at) => requests[at]).join('');
          const client = serving.raw();
          await sendIn(client, text, sizes);
          await eventually(() => serving.entries.length === before + which.length, 'all are over');
          const statuses = serving.entries.slice(before).map(({ status }) => status);
          assert.equal(
            statuses,
            which.map((at) => (at === 4 ? 404 : 200)),
          );
          assert.ok(serving.entries.every(({ aborted }) => !aborted));
          client.leave();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is answered when its client says that nothing follows', async () => {
    const serving = await served();
    const client = serving.raw().get(PATH);
    client.socket.end();
    assert.is(await client.ending(), 'ended');
    assert.ok(client.text.endsWith('"}}'));
  });

  it('is over when its client leaves', async () => {
    const serving = await served();
    const gate = new Gate();
    serving.mirror.manifestGate = gate.passed;
    const client = serving.raw().get(PATH);
    await eventually(() => serving.mirror.calls.length === 1, 'it was asked for');
    client.leave();
    await eventually(() => serving.entries.length === 1, 'it is over');
    assert.is(serving.entries[0]?.aborted, true);
    gate.open();
  });

  it('is waited for when the server stops, and is the last of its connection', async () => {
    const serving = await served();
    const idle = serving.raw();
    await idle.get('/v2/library/app/manifests/none').until((text) => text.includes('"errors"'));
    const gate = new Gate();
    serving.mirror.manifestGate = gate.passed;
    const client = serving.raw().get(PATH);
    await eventually(() => serving.mirror.calls.length === 2, 'it was asked for');
    const drained = serving.server.drain(60_000);
    await idle.ending();
    gate.open();
    await drained;
    assert.is(await client.ending(), 'ended');
    assert.match(client.text, /^Connection: close\r$/m);
    assert.ok(client.text.endsWith('"}}'));
  });

  it('does not keep a connection for longer than an idle one may be kept', async () => {
    const serving = await serve({ limits: { keepAliveTimeoutMs: 50 } });
    const client = serving.raw();
    await client.get(PATH).until((text) => text.includes('"errors"'));
    assert.is(await client.ending(), 'ended');
  });

  it('is waited for no longer than its headers may take', async () => {
    const serving = await serve({ limits: { headersTimeoutMs: 50 } });
    assert.is(await serving.raw().ending(), 'ended');
  });

  it('may take longer than an idle connection', async () => {
    const limits = { keepAliveTimeoutMs: 40, headersTimeoutMs: 40, writeTimeoutMs: 60_000 };
    const serving = await serve({ limits });
    serving.mirror.addManifest('library/app', '1.0', JSON_OF_MANIFEST);
    serving.mirror.manifestGate = new Promise((resolve) => setTimeout(resolve, 150));
    const client = serving.raw().get(PATH);
    await client.until((text) => text.endsWith('"}}'));
  });

  it('is answered with a manifest of any size', async () => {
    const serving = await serve();
    const text = 'ä'.repeat(200_000);
    serving.mirror.addManifest('library/app', '1.0', { schemaVersion: 2, annotations: { text } });
    const { body } = await serving.ask(PATH);
    assert.is((JSON.parse(body.toString()) as typeof JSON_OF_MANIFEST).annotations.text, text);
  });
});

testSuite('a plain request for a blob', (it) => {
  const serve = servings(it);
  const BYTES = Buffer.alloc(1_000_000, 'some bytes of a blob ');

  async function served(isHeld: boolean): Promise<{ serving: Serving; path: string }> {
    const serving = await serve();
    const digest = serving.mirror.addBlob('library/app', BYTES);
    if (isHeld) serving.mirror.held.add(digest);
    return { serving, path: `/v2/library/app/blobs/${digest}` };
  }

  it('is answered from memory as Node’s HTTP would', async () => {
    const { serving, path } = await served(true);
    const fast = await answerTo(serving, `GET ${path} HTTP/1.1`, 'Host: x');
    assert.equal(serving.mirror.calls, []);
    const node = await answerTo(serving, `GET ${path} HTTP/1.1`, 'Host: x', FOR_NODE);
    assert.is(withoutDate(fast), withoutDate(node));
    await eventually(() => serving.entries.length === 2, 'both are over');
    const [one, other] = serving.entries.map((entry) => ({ ...entry, durationMs: 0 }));
    assert.equal(one, other);
  });

  for (const header of ['Range: bytes=1-2', 'If-None-Match: *', 'If-Range: "a"']) {
    it(`is Node’s with ${header}`, async () => {
      const { serving, path } = await served(true);
      const text = await answerTo(serving, `GET ${path} HTTP/1.1`, 'Host: x', header);
      assert.match(text, /^HTTP\/1.1 (200|206|304) /);
      assert.is(serving.mirror.calls.length, 1);
    });
  }

  it('is left to the proxy in front that offers to send it', async () => {
    const acceleration = { type: 'x-accel-redirect', prefix: '/blobs/' } as const;
    const serving = await serve({ trustedProxies: ['127.0.0.1'], acceleration });
    const digest = serving.mirror.addBlob('library/app', BYTES);
    const file = { path: '/a/b', key: 'b', size: BYTES.length };
    serving.mirror.files.set(`library/app ${digest}`, file);
    const lines = [
      `GET /v2/library/app/blobs/${digest} HTTP/1.1`,
      'Host: x',
      'X-Sendfile-Type: X-Accel-Redirect',
    ];
    const fast = await answerTo(serving, ...lines);
    assert.match(fast, /^X-Accel-Redirect: \/blobs\/b\r$/m);
    const node = await answerTo(serving, ...lines, FOR_NODE);
    assert.is(withoutDate(fast), withoutDate(node));
  });

  it('is answered once by Node when it is not in memory', async () => {
    const { serving, path } = await served(false);
    const client = serving.raw();
    client.get(path).get(path);
    await eventually(() => serving.entries.length === 2, 'both are over');
    assert.equal(
      serving.entries.map(({ status, bytes, aborted }) => [status, bytes, aborted]),
      [
        [200, BYTES.length, false],
        [200, BYTES.length, false],
      ],
    );
    assert.is(serving.mirror.calls.length, 2);
  });

  it('is over when its client leaves in the middle', async () => {
    const { serving, path } = await served(true);
    for (let count = 1; count <= 3; count++) {
      const client = serving.raw();
      client.socket.pause();
      for (let request = 0; request < 30; request++) client.get(path);
      await eventually(() => serving.entries.length > 0, 'the first one is over');
      client.leave();
    }
    await eventually(() => serving.entries.some(({ aborted }) => aborted), 'one was broken off');
    assert.is((await serving.ask(path)).body.length, BYTES.length);
  });
});

/** In pieces of these sizes, and then the rest. */
async function sendIn(client: RawClient, text: string, sizes: readonly number[]): Promise<void> {
  let at = 0;
  for (const size of sizes) {
    if (at >= text.length) break;
    client.socket.write(text.slice(at, at + size), 'latin1');
    at += size;
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.write(text.slice(at), 'latin1');
}
