import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import { LAYER_SIZE, REPOSITORY, type Scene, scenes } from './scene.ts';

const CROWD = 300;

function dial(made: Scene): Socket {
  const socket = connect(Number(new URL(made.mirror.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

testSuite('Hundreds of clients', (it) => {
  const scene = scenes(it);

  it('that leave in the middle cost no file and no second download', async () => {
    const made = await scene({ moment: 'warm' });
    const before = openFiles();
    const request = `GET /v2/${REPOSITORY}/blobs/${made.layer.digest} HTTP/1.1\r\nHost: a\r\n\r\n`;
    for (let round = 0; round < CROWD; round += 50) {
      const sockets = Array.from({ length: 50 }, () => dial(made));
      for (const socket of sockets) {
        socket.write(request);
        socket.once('data', () => socket.destroy());
      }
      await Promise.all(sockets.map(closed));
    }
    await eventually(() => openFiles() <= before + 2, `no more than ${before + 2} files are open`);
    assert.equal(made.hub.arrivals.summary(), {});
    assert.is(await made.pull(), 'whole');
  });

  it('that read nothing of what they asked for do not keep others from it', async () => {
    const made = await scene({ moment: 'warm' });
    const request = `GET /v2/${REPOSITORY}/blobs/${made.layer.digest} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const sockets = Array.from({ length: CROWD }, () => dial(made));
    for (const socket of sockets) {
      socket.pause();
      socket.write(request);
    }
    assert.is(await made.pull(), 'whole');
    for (const socket of sockets) socket.destroy();
  });

  it('that never finish their headers do not keep others from anything', async () => {
    const made = await scene({ moment: 'warm' });
    const sockets = Array.from({ length: CROWD }, () => dial(made));
    for (const socket of sockets) socket.write('GET /v2/ HTTP/1.1\r\nX-Slow: ');
    assert.is(await made.pull(), 'whole');
    for (const socket of sockets) socket.destroy();
  });

  it('are turned away beyond http.limits.connections', async () => {
    const made = await scene({ env: { HTTP_LIMITS_CONNECTIONS: '5' } });
    const sockets = Array.from({ length: 20 }, () => dial(made));
    const gone = (): number => sockets.filter((socket) => socket.closed).length;
    await eventually(() => gone() >= 15, 'all but five are turned away');
    assert.is(gone(), 15);
    for (const socket of sockets) socket.destroy();
  });

  it('that send headers beyond http.limits.headerbytes are told so', async () => {
    const made = await scene({ env: { HTTP_LIMITS_HEADERBYTES: '2048' } });
    const socket = dial(made);
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
    });
    socket.write(`GET /v2/ HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(4000)}\r\n\r\n`);
    await closed(socket);
    assert.match(text, /^HTTP\/1\.1 431 /);
    assert.match(text, '"errors"');
  });

  it('that ask for thousands of ranges get them all out of one download', async () => {
    const made = await scene();
    const url = `blobs/${made.layer.digest}`;
    const part = async (first: number): Promise<number> => {
      const answer = await made.get(url, { headers: { Range: `bytes=${first}-${first + 99}` } });
      assert.is(answer.status, 206);
      return (await answer.arrayBuffer()).byteLength;
    };
    for (let first = 0; first < LAYER_SIZE; first += LAYER_SIZE / 20) {
      const parts = Array.from({ length: 100 }, (_, at) => part(first + at * 100));
      assert.is(
        (await Promise.all(parts)).reduce((sum, each) => sum + each),
        10_000,
      );
    }
    assert.is(made.hub.arrivals.count('cdn-get'), 1);
  });

  it('that ask for many ranges at once get the whole', async () => {
    const made = await scene({ moment: 'warm' });
    const ranges = Array.from({ length: 500 }, (_, at) => `${at * 2}-${at * 2}`).join(',');
    const answer = await made.get(`blobs/${made.layer.digest}`, {
      headers: { Range: `bytes=${ranges}` },
    });
    assert.is(answer.status, 200);
    assert.is((await answer.arrayBuffer()).byteLength, LAYER_SIZE);
  });
});
