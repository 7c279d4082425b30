import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import type { RawClient } from './raw-client.ts';
import { EndlessReader } from './readers.ts';
import { type Serving, servings } from './serving.ts';

const MIB = 1024 * 1024;
/** More than the connection's own buffers take. */
const BLOB = Buffer.alloc(32 * MIB);

function endless(serving: Serving): string {
  serving.mirror.readerOf = () => new EndlessReader();
  return `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', BLOB)}`;
}

function readNothing(serving: Serving, path: string, count: number): RawClient[] {
  return Array.from({ length: count }, () => {
    const client = serving.raw().get(path);
    client.socket.pause();
    return client;
  });
}

/** Waits until nothing moves: every client has stopped taking bytes. */
async function standStill({ mirror, server }: Serving, readers: number): Promise<void> {
  await eventually(() => mirror.readers.length === readers, 'all blobs are open');
  let before = -1;
  let reads = 0;
  while (before !== reads) {
    before = reads;
    await new Promise((resolve) => setTimeout(resolve, 100));
    reads = mirror.readers.reduce((sum, reader) => sum + reader.reads, 0);
  }
  assert.is(server.pool.users, readers);
}

testSuite('clients that read nothing', (it) => {
  const serve = servings(it);

  it('hold two buffers each: one being written, one read ahead', async () => {
    const serving = await serve();
    readNothing(serving, endless(serving), 1);
    await standStill(serving, 1);
    assert.is(serving.server.pool.lentBytes, 2 * MIB);
  });

  it('share the memory that there is, however many they are', async () => {
    const serving = await serve({ limits: { bufferBytes: 4 * MIB } });
    readNothing(serving, endless(serving), 60);
    await standStill(serving, 60);
    const smallest = 60 * 2 * 16 * 1024;
    assert.ok(serving.server.pool.lentBytes <= 4 * MIB + smallest);
  });

  it('leave nothing behind', async () => {
    const serving = await serve();
    const clients = readNothing(serving, endless(serving), 50);
    await standStill(serving, 50);
    for (const client of clients) client.leave();
    await eventually(() => serving.entries.length === 50, 'all have left');
    assert.ok(serving.mirror.readers.every((reader) => reader.isClosed));
    assert.is(serving.server.pool.lentBytes, 0);
    assert.is(serving.server.pool.users, 0);
    assert.ok(serving.entries.every(({ aborted, error }) => aborted && error === undefined));
  });

  it('are given up after a while', async () => {
    const serving = await serve({ limits: { writeTimeoutMs: 200 } });
    const [client] = readNothing(serving, endless(serving), 1);
    await eventually(() => serving.entries.length === 1, 'it is given up');
    assert.match(String(serving.entries[0]?.error), /took no byte for 0.2 s/);
    assert.is(serving.server.pool.lentBytes, 0);
    client?.socket.destroy();
  });

  it('are not mistaken for those that wait for the upstream', async () => {
    const serving = await serve({ limits: { writeTimeoutMs: 50 } });
    const path = `/v2/a/b/blobs/${serving.mirror.addBlob('a/b', Buffer.from('late'))}`;
    serving.mirror.source = 'miss';
    const late = new Promise<Uint8Array>((resolve) => {
      setTimeout(() => resolve(Buffer.from('late')), 200);
    });
    serving.mirror.readerOf = () => ({ read: () => late, close() {} });
    assert.is((await serving.ask(path)).body.toString(), 'late');
  });
});
