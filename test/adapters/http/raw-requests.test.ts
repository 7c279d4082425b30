import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import type { RawClient } from './raw-client.ts';
import { codeOf, type Serving, servings } from './serving.ts';

/** What is no request, and the status of its answer. */
const MALFORMED: readonly (readonly [string, string, number])[] = [
  ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400],
  ['no method', '/ HTTP/1.1\r\n\r\n', 400],
  ['an unknown method', 'BREW / HTTP/1.1\r\n\r\n', 400],
  ['no version', 'GET /v2/\r\n\r\n', 400],
  ['another protocol', 'GET /v2/ FTP/1.0\r\n\r\n', 400],
  ['HTTP of the future', 'GET /v2/ HTTP/3.0\r\nHost: x\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a space in the path', 'GET /v2/a b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a header without a colon', 'GET /v2/ HTTP/1.1\r\nHost x\r\n\r\n', 400],
  ['a control character in a header', 'GET /v2/ HTTP/1.1\r\nHost: x\x00y\r\n\r\n', 400],
  ['a wrong length', 'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400],
  [
    'two ends of the body',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a long header', `GET /v2/ HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['a long path', `GET /v2/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ['many headers', `GET /v2/ HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(20_000)}\r\n`, 431],
  ['no Host', 'GET /v2/ HTTP/1.1\r\n\r\n', 400],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n', 405],
];

function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
}

function codeIn(client: RawClient): string {
  const type = /^content-type: (.*)$/im.exec(client.text)?.[1]?.trim();
  return codeOf({ headers: { 'content-type': type }, body: Buffer.from(client.body) });
}

testSuite('what is no HTTP request', (it) => {
  const serve = servings(it);

  for (const [what, bytes, status] of MALFORMED) {
    it(`${what} is answered with ${status} and an OCI error`, async () => {
      const client = (await serve()).raw();
      client.socket.write(bytes, 'latin1');
      const text = await client.until((got) => got.includes('"errors"'));
      assert.is(statusOf(text), status);
      assert.match(text, /^docker-distribution-api-version: registry\/2\.0\r$/im);
      assert.is(codeIn(client), 'UNSUPPORTED');
    });
  }

  it('is answered once, and its connection is closed', async () => {
    const client = (await serve()).raw();
    client.socket.write('garbage\r\n\r\n');
    client.socket.on('error', () => {});
    assert.is(await client.ending(), 'ended');
    assert.is(client.text.split('HTTP/1.1').length, 2);
    assert.match(client.text, /^Connection: close\r$/m);
  });

  it('is answered in time when it never ends', async () => {
    const limits = { headersTimeoutMs: 100, requestTimeoutMs: 100 };
    const client = (await serve({ limits })).raw();
    client.socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n');
    const text = await client.until((got) => got.includes('"errors"'));
    assert.is(statusOf(text), 408);
  });

  it('does not become part of an answer that is on its way', async () => {
    const serving = await serve();
    const client = serving.raw().get('/v2/');
    client.socket.write('garbage\r\n\r\n');
    await client.ending();
    assert.not.match(client.body, /"errors"/);
  });
});

testSuite('a connection', (it) => {
  const serve = servings(it);

  it('takes HTTP/1.0, with and without keep-alive', async () => {
    const serving = await serve();
    const once = serving.raw().send('GET /v2/ HTTP/1.0');
    assert.is(await once.ending(), 'ended');
    assert.is(once.body, '{}');
    const kept = serving.raw().send('GET /v2/ HTTP/1.0', 'Connection: keep-alive');
    await kept.until((text) => text.endsWith('{}'));
    kept.send('GET /healthz HTTP/1.0');
    assert.is(await kept.ending(), 'ended');
    assert.is(kept.text.split('200 OK').length, 3);
  });

  it('answers requests that came together, in their order', async () => {
    const serving = await serve();
    const digests = ['one', 'two', 'three'].map((text) =>
      serving.mirror.addBlob('a/b', Buffer.from(text)),
    );
    const client = serving.raw();
    client.socket.write(
      digests.map((d) => `GET /v2/a/b/blobs/${d} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''),
    );
    const text = await client.until((got) => got.endsWith('three'));
    assert.equal(
      text.match(/\r\n\r\n(one|two|three)/g)?.map((match) => match.trim()),
      ['one', 'two', 'three'],
    );
    await eventually(() => serving.entries.length === 3, 'all three are over');
    assert.ok(serving.entries.every((entry) => !entry.aborted));
  });

  it('is left by nobody with work that was never started', async () => {
    const serving = await serve();
    await leaveEarly(serving);
    assert.is(serving.mirror.calls.filter((call) => call.startsWith('openBlob')).length, 1);
    await eventually(() => serving.mirror.readers[0]?.isClosed === true, 'the reader is closed');
    await eventually(() => serving.entries.length === 3, 'all three are over');
    assert.ok(serving.entries.every((entry) => entry.aborted));
  });

  it('survives an upload that breaks off', async () => {
    const serving = await serve();
    const client = serving.raw();
    client.send('PUT /v2/a/manifests/1 HTTP/1.1', 'Host: x', 'Content-Length: 1000000');
    await client.until((text) => text.includes('405'));
    client.leave();
    assert.is((await serving.ask('/v2/')).status, 200);
  });

  it('does not invite a body that is not wanted', async () => {
    const client = (await serve()).raw();
    client.send(
      'PUT /v2/a/manifests/1 HTTP/1.1',
      'Host: x',
      'Content-Length: 9',
      'Expect: 100-continue',
    );
    const text = await client.until((got) => got.includes('"errors"'));
    assert.is(statusOf(text), 405);
  });
});

/** Asks for three blobs at once, and leaves while the first is not over. */
async function leaveEarly(serving: Serving): Promise<void> {
  const digest = serving.mirror.addBlob('a/b', Buffer.alloc(10));
  serving.mirror.source = 'miss';
  serving.mirror.readerOf = () => ({ read: () => new Promise(() => {}), close() {} });
  const client = serving.raw();
  client.socket.write(`GET /v2/a/b/blobs/${digest} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(3));
  await client.until((text) => text.includes('\r\n\r\n'));
  client.leave();
}
