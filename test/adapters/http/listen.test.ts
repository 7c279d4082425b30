import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ListenFailed } from '../../../src/adapters/http/listen-failed.ts';
import type { HttpOptions } from '../../../src/adapters/http/options.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { Serving, servings } from './serving.ts';

function failure(listen: HttpOptions['listen']): Promise<ListenFailed> {
  return rejects(new Serving({ listen }).start(), ListenFailed);
}

testSuite('the place to listen at', (it) => {
  const serve = servings(it);

  it('has a URL for people', async () => {
    const { address } = await serve();
    assert.match(address.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is in use: the message says what to do', async () => {
    const { address } = await serve();
    if (address.kind !== 'tcp') throw new Error('not TCP');
    const { host, port } = address;
    const error = await failure({ kind: 'tcp', host, port });
    assert.is(error.code, 'EADDRINUSE');
    const what = `Port ${port} is in use by another program`;
    assert.is(error.message, `${what}: stop it, or choose another with http.addr`);
  });

  it('is not of this machine', async () => {
    const error = await failure({ kind: 'tcp', host: '192.0.2.1', port: 0 });
    assert.is(error.message, '192.0.2.1 is not an address of this machine: correct http.addr');
  });
});

testSuite('a Unix socket', (it) => {
  const serve = servings(it);
  let folder: TempDirectory;
  it.beforeEach(async () => {
    folder = await tempDirectory();
  });
  it.afterEach(() => folder.remove());

  it('is listened on', async () => {
    const path = join(folder.path, 's');
    const serving = await serve({ listen: { kind: 'unix', path } });
    assert.equal(serving.address, { kind: 'unix', path, url: `unix:${path}` });
    assert.is((await serving.ask('/v2/')).status, 200);
    assert.is(serving.entries[0]?.client, undefined);
  });

  it('in use is left alone', async () => {
    const path = join(folder.path, 's');
    const serving = await serve({ listen: { kind: 'unix', path } });
    const error = await failure({ kind: 'unix', path });
    assert.match(error.message, `The socket ${path} is in use by another program`);
    assert.is((await serving.ask('/v2/')).status, 200);
  });

  it('of a server that was killed is replaced', async () => {
    const path = join(folder.path, 's');
    const killed = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', killed]);
    const serving = await serve({ listen: { kind: 'unix', path } });
    assert.is((await serving.ask('/v2/')).status, 200);
  });

  it('cannot be made where there is no folder', async () => {
    const path = join(folder.path, 'none', 's');
    assert.match((await failure({ kind: 'unix', path })).message, 'see that its folder exists');
  });
});

const other: RequestListener = (_, response) => response.end('something else');

testSuite('the handler', (it) => {
  it('works in a server of somebody else’s', async () => {
    const serving = new Serving({ prefix: '/mirror/' });
    const server = createServer((request, response) => {
      const isOurs = request.url?.startsWith('/mirror/') ?? false;
      (isOurs ? serving.server.handler : other)(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const texts = ['/mirror/v2/', '/else'].map(async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return answer.text();
    });
    assert.equal(await Promise.all(texts), ['{}', 'something else']);
    server.closeAllConnections();
    server.close();
    assert.is(serving.entries.length, 1);
  });
});

testSuite('a configured header', (it) => {
  it('is refused at the start if it cannot be sent', () => {
    assert.throws(() => new Serving({ headers: { 'X-Bad': ['a\r\nb'] } }), /X-Bad/);
    assert.throws(() => new Serving({ headers: { 'X Bad': ['a'] } }), /X Bad/);
  });

  it('may have several values, and take the place of ours', async () => {
    const headers = { 'X-Two': ['a', 'b'], 'docker-distribution-api-version': ['other'] };
    const serving = await new Serving({ headers }).start();
    const answer = await serving.ask('/v2/');
    await serving.stop();
    assert.is(answer.headers['x-two'], 'a, b');
    assert.is(answer.headers['docker-distribution-api-version'], 'other');
  });
});
