import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import { deferred, EndlessReader, ScriptedReader } from './readers.ts';
import { servings } from './serving.ts';

const MIB = 1024 * 1024;
const hasHead = (text: string): boolean => text.includes('\r\n\r\n');

testSuite('draining', (it) => {
  const serve = servings(it);

  it('closes idle connections and accepts no more', async () => {
    const serving = await serve();
    const idle = serving.raw().get('/v2/');
    await idle.until(hasHead);
    await serving.server.drain(5_000);
    assert.is(await idle.ending(), 'ended');
    assert.is(await serving.raw().ending(), 'reset');
  });

  it('lets a running answer end, and its connection with it', async () => {
    const serving = await serve();
    const last = deferred<Uint8Array>();
    const path = `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', Buffer.from('0123'))}`;
    serving.mirror.source = 'miss';
    serving.mirror.readerOf = () => new ScriptedReader(last.promise);
    const client = serving.raw().get(path);
    await client.until(hasHead);
    const drained = serving.server.drain(5_000);
    last.resolve(Buffer.from('0123'));
    assert.is(await client.ending(), 'ended');
    assert.is(client.body, '0123');
    await drained;
  });

  it('tells clients whose answer has not begun that it is the last', async () => {
    const serving = await serve();
    const gate = deferred<void>();
    let asked = false;
    serving.mirror.listRepositories = async () => {
      asked = true;
      await gate.promise;
      return { repositories: [], more: false };
    };
    const client = serving.raw().get('/v2/_catalog');
    await eventually(() => asked, 'the request has come');
    const drained = serving.server.drain(5_000);
    gate.resolve();
    assert.is(await client.ending(), 'ended');
    assert.match(client.text, /^Connection: close\r$/m);
    await drained;
  });

  it('does not cut off an answer whose last bytes are on their way', async () => {
    const serving = await serve();
    const bytes = Buffer.alloc(12 * MIB, 'x');
    const path = `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', bytes)}`;
    serving.mirror.readerOf = (part) => new ScriptedReader(part);
    const client = serving.raw().get(path);
    client.socket.pause();
    await eventually(() => serving.mirror.readers.length === 1, 'it is being sent');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const drained = serving.server.drain(5_000);
    client.socket.resume();
    await drained;
    await client.ending();
    assert.is(client.body.length, bytes.length);
  });

  it('destroys what is left after the timeout', async () => {
    const serving = await serve();
    const path = `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', Buffer.alloc(64 * MIB))}`;
    serving.mirror.readerOf = () => new EndlessReader();
    const client = serving.raw().get(path);
    client.socket.pause();
    await eventually(() => serving.server.pool.users === 1, 'it is being sent');
    await serving.server.drain(50);
    assert.is(serving.server.pool.lentBytes, 0);
    assert.is(serving.mirror.readers[0]?.isClosed, true);
  });

  it('happens once, however often it is asked for', async () => {
    const { server } = await serve();
    await Promise.all([server.drain(0), server.drain(1_000)]);
    await server.drain(0);
  });
});
