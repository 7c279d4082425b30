import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { createMirror, image } from '../../../src/app/index.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { pull } from './pull.ts';

const APP = image('library/app:1.0', { files: { '/hello': 'world' } });

/** A server of somebody else's. */
async function serving(handler: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

testSuite('the handler of an embedded mirror', (it) => {
  it('serves in a server that exists, without a listener of its own', async () => {
    const mirror = await createMirror({ upstream: [APP], listen: false });
    const { url, server } = await serving(mirror.handler);
    assert.is(await pull(url, 'library/app', '1.0'), APP.digest);
    assert.is(mirror.stats().misses, 3);
    assert.throws(() => mirror.url, /listen: false/);
    assert.throws(() => mirror.host, /listen: false/);
    await mirror.close();
    await closed(server);
  });

  it('serves below a path that is taken off before, as Express does', async () => {
    const mirror = await createMirror({ upstream: [APP], listen: false });
    const { url, server } = await serving((request, response) => {
      request.url = request.url?.replace('/registry', '');
      mirror.handler(request, response);
    });
    assert.is(await pull(`${url}/registry`, 'library/app', '1.0'), APP.digest);
    await mirror.close();
    await closed(server);
  });

  it('serves beside the listener of the mirror', async () => {
    const mirror = await createMirror({ upstream: [APP] });
    const { url, server } = await serving(mirror.handler);
    for (const each of [url, mirror.url]) {
      assert.is(await pull(each, 'library/app', '1.0'), APP.digest);
    }
    await mirror.close();
    await closed(server);
  });

  it('lets go of running answers when the mirror is closed', async () => {
    const large = image('library/large', { files: { large: new Uint8Array(64 * 1024 * 1024) } });
    const mirror = await createMirror({ upstream: [large], listen: false });
    const { url, server } = await serving(mirror.handler);
    const answer = await fetch(`${url}/v2/library/large/blobs/${large.blobs[1]?.digest}`);
    await mirror.close();
    await rejects(answer.arrayBuffer(), TypeError);
    await closed(server);
  });
});
