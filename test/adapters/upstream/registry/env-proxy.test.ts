import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import * as assert from 'uvu/assert';
import { testSuite } from '../../../support/suite.ts';
import { hubBeds } from './hub-bed.ts';
import { ALPINE, tag } from './words.ts';

interface Proxy {
  url: string;
  /** The `host:port` that tunnels were asked to. */
  targets: string[];
  close(): Promise<void>;
}

async function startProxy(): Promise<Proxy> {
  const targets: string[] = [];
  const server = createServer();
  server.on('connect', ({ url = '' }, client) => {
    targets.push(url);
    const [host = '', port] = url.split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    for (const [one, other] of [[client, target] as const, [target, client] as const]) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, targets, close };
}

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

testSuite('the proxy of the environment', (it) => {
  const bed = hubBeds(it);
  const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  let proxy: Proxy | undefined;

  /** Resolves a tag with `http_proxy` set to a proxy; how often that was asked. */
  const asked = async (useEnvProxy: boolean, noProxy?: string): Promise<[number, string]> => {
    const { hub, open } = await bed();
    proxy = await startProxy();
    for (const name of NAMES) delete process.env[name];
    process.env['http_proxy'] = proxy.url;
    if (noProxy !== undefined) process.env['no_proxy'] = noProxy;
    const upstream = open({ useEnvProxy });
    await upstream.resolve(ALPINE, tag('3.20'));
    // Before the proxy goes, what runs through it must have ended.
    await upstream.close();
    assert.is(hub.arrivals.count('manifest-head'), 1);
    return [proxy.targets.length, proxy.targets[0] ?? 'none'];
  };

  it.afterEach(async () => {
    for (const name of NAMES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await proxy?.close();
    proxy = undefined;
  });

  it('is used if it is to be used', async () => {
    const [count, first] = await asked(true);
    assert.ok(count >= 2);
    assert.match(first, /^127\.0\.0\.1:\d+$/);
  });

  it('is not used for hosts that it is not for', async () => {
    assert.equal(await asked(true, 'localhost,127.0.0.1'), [0, 'none']);
  });

  it('is not used unless it is to be used', async () => {
    assert.equal(await asked(false), [0, 'none']);
  });
});
