import { connect, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import { eventually } from '../../support/eventually.ts';
import { Gate } from '../../support/gate.ts';
import { testSuite } from '../../support/suite.ts';
import { ask, type Got } from './client.ts';
import { REPOSITORY, type Scene, scenes } from './scene.ts';

const CROWD = 100;
const MIB = 1024 * 1024;

/** More than the sockets of both ends hold. */
const LARGE = 8 * MIB;

/** What all buffers take together: the budget, and two of the smallest for each that is beyond it. */
const POOL_BYTES = 32 * MIB + CROWD * 2 * 16 * 1024;

function dial(made: Scene): Socket {
  const socket = connect(Number(new URL(made.mirror.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

function blobRequest(digest: Digest): string {
  return `GET /v2/${REPOSITORY}/blobs/${digest} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

function allClosed(sockets: readonly Socket[]): boolean {
  return sockets.every((socket) => socket.closed);
}

testSuite('A client that takes its time', (it) => {
  const scene = scenes(it);

  it('and reads nothing shares a bounded memory with all others', async () => {
    const made = await scene({ moment: 'warm', onDisk: true, layerSize: LARGE });
    const { pool } = made.mirror;
    const sockets = Array.from({ length: CROWD }, () => dial(made));
    for (const socket of sockets) {
      socket.pause();
      socket.write(blobRequest(made.layer.digest));
    }
    await eventually(() => pool.users >= CROWD, 'all are being answered');
    assert.ok(pool.lentBytes <= POOL_BYTES, `${pool.lentBytes} bytes lent`);
    made.assertIsLayer(await made.askForLayer());
    for (const socket of sockets) socket.destroy();
    await eventually(() => pool.users === 0 && pool.lentBytes === 0, 'the memory is back');
  });

  it('and reads nothing for http.limits.writetimeout is left', async () => {
    const env = { HTTP_LIMITS_WRITETIMEOUT: '200ms' };
    const made = await scene({ moment: 'warm', layerSize: LARGE, onDisk: true, env });
    const socket = dial(made);
    socket.pause();
    socket.write(blobRequest(made.layer.digest));
    await eventually(() => made.mirror.pool.users === 1, 'the answer begins');
    await eventually(() => made.mirror.pool.users === 0, 'the answer ends');
    let read = 0;
    socket.on('data', (piece) => {
      read += piece.length;
    });
    socket.resume();
    await eventually(() => socket.closed, 'the connection is closed');
    assert.ok(read < LARGE, 'the answer has no end');
  });

  it('and sends no headers within http.limits.headertimeout is told so and left', async () => {
    const made = await scene({ env: { HTTP_LIMITS_HEADERTIMEOUT: '100ms' } });
    const sockets = Array.from({ length: 20 }, () => dial(made));
    let text = '';
    for (const socket of sockets) {
      socket.on('data', (piece) => {
        text += String(piece);
      });
      socket.write('GET /v2/ HTTP/1.1\r\nX-Slow: ');
    }
    await eventually(() => allClosed(sockets), 'all connections are closed');
    assert.is(text.match(/HTTP\/1\.1 408 /g)?.length, 20);
  });

  it('with its next request is left after http.limits.idletimeout', async () => {
    const made = await scene({ env: { HTTP_LIMITS_IDLETIMEOUT: '100ms' } });
    const socket = dial(made);
    socket.write('GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n');
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
    });
    await eventually(() => socket.closed, 'the connection is closed');
    assert.match(text, /^HTTP\/1\.1 200 /);
  });

  it('and has closed its half of the connection gets the answer all the same', async () => {
    const made = await scene({ moment: 'warm' });
    const sockets = Array.from({ length: 20 }, () => dial(made));
    let bytes = 0;
    for (const socket of sockets) {
      socket.on('data', (piece) => {
        bytes += piece.length;
      });
      socket.end(blobRequest(made.layer.digest));
    }
    await eventually(() => allClosed(sockets), 'all connections are closed');
    assert.ok(bytes >= 20 * made.layer.bytes.length, `${bytes} bytes`);
  });

  it('keeps nobody waiting who wants the same blob, and the upstream sends it once', async () => {
    const made = await scene({ layerSize: LARGE, onDisk: true });
    const slow = dial(made);
    slow.pause();
    slow.write(blobRequest(made.layer.digest));
    await made.hub.arrivals.reached('cdn-get');
    made.assertIsLayer(await made.askForLayer());
    slow.destroy();
    assert.is(made.layerRequests.length, 1);
    assert.is(made.layerBytes, LARGE);
  });

  it('is one of many that leave a cold blob, which is stored all the same', async () => {
    const made = await scene({ layerSize: LARGE });
    const sockets = Array.from({ length: CROWD }, () => dial(made));
    for (const socket of sockets) {
      socket.write(blobRequest(made.layer.digest));
      socket.once('data', () => socket.destroy());
    }
    await eventually(() => allClosed(sockets), 'all connections are closed');
    await eventually(() => made.mirror.events('blob-stored').length === 1, 'it is stored');
    assert.is(made.layerRequests.length, 1);
    made.assertIsLayer(await made.askForLayer());
    assert.is(made.layerRequests.length, 1);
  });

  it('waits for a download while http.limits.transfers others run', async () => {
    const made = await scene({ env: { HTTP_LIMITS_TRANSFERS: '1' } });
    await made.pullManifests();
    const gate = new Gate();
    made.layerMeets({ type: 'hold', until: gate.passed });
    const layer = made.askForLayer();
    await made.hub.arrivals.reached('cdn-get');
    const config = configOf(made);
    await waitsFor(made, config, gate);
    made.assertIsLayer(await layer);
    assert.is(made.hub.arrivals.count('cdn-get'), 2);
  });
});

function configOf(made: Scene): Promise<Got> {
  const digest = made.latest.images[0]?.config.digest;
  return ask(`${made.mirror.url}/v2/${REPOSITORY}/blobs/${digest}`);
}

/** Nothing is asked for it before the other one is let go; a first request would be there by then. */
async function waitsFor(made: Scene, config: Promise<Got>, gate: Gate): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(made.hub.arrivals.count('blob-get'), 1);
  gate.open();
  const got = await config;
  assert.equal([got.status, got.isComplete], [200, true]);
}
