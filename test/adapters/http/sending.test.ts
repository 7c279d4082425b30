import * as assert from 'uvu/assert';
import { UpstreamUnreachable } from '../../../src/domain/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import type { RawClient } from './raw-client.ts';
import { deferred, EndlessReader, ScriptedReader } from './readers.ts';
import { codeOf, type Serving, servings } from './serving.ts';

const CONTENT = Buffer.from('0123456789');
const BROKEN = new UpstreamUnreachable('the connection broke');

/** A blob whose bytes come as the steps say, from the upstream. */
function blobOf(serving: Serving, ...steps: ConstructorParameters<typeof ScriptedReader>): string {
  serving.mirror.source = 'miss';
  serving.mirror.readerOf = () => new ScriptedReader(...steps);
  return `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', CONTENT)}`;
}

async function isClosed(serving: Serving): Promise<void> {
  const { mirror, server } = serving;
  await eventually(() => mirror.readers.every((reader) => reader.isClosed), 'readers are closed');
  assert.is(server.pool.lentBytes, 0);
}

const hasHead = (text: string): boolean => text.includes('\r\n\r\n');
const bodyIs = (client: RawClient, body: string): Promise<string> =>
  client.until(() => client.body === body);

testSuite('a blob on its way', (it) => {
  const serve = servings(it);

  it('shows its headers before its first byte, and each piece as it comes', async () => {
    const serving = await serve();
    const first = deferred<Uint8Array>();
    const second = deferred<Uint8Array>();
    const path = blobOf(serving, first.promise, second.promise);
    const client = serving.raw().get(path);
    assert.match(await client.until(hasHead), /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 10\r\n/s);
    assert.is(client.body, '');
    first.resolve(CONTENT.subarray(0, 3));
    await bodyIs(client, '012');
    second.resolve(CONTENT.subarray(3));
    await bodyIs(client, '0123456789');
    await isClosed(serving);
  });

  it('leaves the connection usable', async () => {
    const serving = await serve();
    const path = blobOf(serving, CONTENT);
    const client = serving.raw().get(path);
    await bodyIs(client, '0123456789');
    client.get('/v2/');
    await client.until((text) => text.endsWith('{}'));
  });

  it('of unknown size is sent in chunks, and has an end', async () => {
    const serving = await serve();
    serving.mirror.isSizeKnown = false;
    const answer = await serving.ask(blobOf(serving, CONTENT.subarray(0, 4), CONTENT.subarray(4)));
    assert.is(answer.headers['transfer-encoding'], 'chunked');
    assert.is(answer.headers['content-length'], undefined);
    assert.is(answer.body.toString(), '0123456789');
  });

  it('of unknown size ends with the connection in HTTP/1.0', async () => {
    const serving = await serve();
    serving.mirror.isSizeKnown = false;
    const client = serving.raw().send(`GET ${blobOf(serving, CONTENT)} HTTP/1.0`);
    assert.is(await client.ending(), 'ended');
    assert.is(client.body, '0123456789');
  });

  it('is no longer than what was announced, whatever the source says', async () => {
    const serving = await serve();
    const client = serving.raw().get(blobOf(serving, CONTENT, Buffer.from('more')));
    await bodyIs(client, '0123456789');
    await isClosed(serving);
    assert.is(serving.mirror.readers[0]?.reads, 1);
  });

  it('of no bytes needs no read', async () => {
    const serving = await serve();
    const digest = serving.mirror.addBlob('a/b', Buffer.alloc(0));
    const answer = await serving.ask(`/v2/a/b/blobs/${digest}`);
    assert.is(answer.headers['content-length'], '0');
    await isClosed(serving);
    assert.is(serving.mirror.readers[0]?.reads, 0);
  });
});

testSuite('a blob that breaks off', (it) => {
  const serve = servings(it);

  it('ends its connection short, without a word', async () => {
    const serving = await serve();
    const client = serving.raw().get(blobOf(serving, CONTENT.subarray(0, 4), BROKEN));
    await client.ending();
    assert.is(client.body, '0123');
    await isClosed(serving);
    const [entry] = serving.entries;
    assert.is(entry?.error, BROKEN);
    assert.is(entry?.aborted, false);
    assert.is(entry?.bytes, 4);
  });

  it('of unknown size has no last chunk', async () => {
    const serving = await serve();
    serving.mirror.isSizeKnown = false;
    const client = serving.raw().get(blobOf(serving, CONTENT.subarray(0, 4), BROKEN));
    await client.ending();
    assert.is(client.body, '4\r\n0123\r\n');
  });

  it('of unknown size resets an HTTP/1.0 connection, whose end would be the body’s', async () => {
    const serving = await serve();
    serving.mirror.isSizeKnown = false;
    const failure = deferred<Uint8Array>();
    const path = blobOf(serving, CONTENT.subarray(0, 4), failure.promise);
    const client = serving.raw().send(`GET ${path} HTTP/1.0`);
    // A reset that arrives together with bytes looks like an end to node's own client.
    await bodyIs(client, '0123');
    failure.reject(BROKEN);
    assert.is(await client.ending(), 'reset');
  });

  it('ends early: too few bytes are no end', async () => {
    const serving = await serve();
    const client = serving.raw().get(blobOf(serving, CONTENT.subarray(0, 4)));
    await client.ending();
    assert.is(client.body, '0123');
    assert.match(String(serving.entries[0]?.error), /6 bytes fewer/);
  });

  it('has too many bytes: none of those is sent', async () => {
    const serving = await serve();
    const long = Buffer.from('too many bytes');
    const client = serving.raw().get(blobOf(serving, CONTENT.subarray(0, 4), long));
    await client.ending();
    assert.is(client.body, '0123');
    await isClosed(serving);
  });

  it('has too many bytes in a buffer of ours, which is not lost', async () => {
    const serving = await serve();
    const path = blobOf(serving);
    serving.mirror.readerOf = () => new EndlessReader();
    const client = serving.raw().get(path);
    await client.ending();
    assert.is(client.body, '');
    await isClosed(serving);
  });

  it('before any byte from storage is an ordinary error', async () => {
    const serving = await serve();
    const path = blobOf(serving, BROKEN);
    serving.mirror.source = 'hit';
    const answer = await serving.ask(path);
    assert.is(answer.status, 502);
    assert.is(codeOf(answer), 'UNAVAILABLE');
    assert.is(answer.headers['docker-content-digest'], undefined);
    assert.is(answer.headers['accept-ranges'], undefined);
    await isClosed(serving);
  });
});

testSuite('a client that leaves', (it) => {
  const serve = servings(it);

  it('closes the reader at once, though its read never ends', async () => {
    const serving = await serve();
    const client = serving.raw().get(blobOf(serving, new Promise(() => {})));
    await client.until(hasHead);
    client.leave();
    await isClosed(serving);
    await eventually(() => serving.entries.length === 1, 'the request is logged');
    assert.is(serving.entries[0]?.aborted, true);
    assert.is(serving.entries[0]?.error, undefined);
  });

  it('while the blob is being opened', async () => {
    const serving = await serve();
    const path = blobOf(serving, CONTENT);
    const gate = deferred<void>();
    serving.mirror.gate = gate.promise;
    const client = serving.raw().get(path);
    await eventually(
      () => serving.server.pool.users === 0 && client.socket.readyState === 'open',
      'it is there',
    );
    client.leave();
    await eventually(() => serving.entries.length === 1, 'the client has left');
    gate.resolve();
    await eventually(() => serving.mirror.readers.length === 1, 'the blob is open');
    await isClosed(serving);
    assert.is(serving.server.pool.users, 0);
  });
});
