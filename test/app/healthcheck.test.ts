import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { silentLogger } from '../../src/adapters/telemetry/logger.ts';
import { createContainer } from '../../src/app/container.ts';
import { EXIT, type ExitCode } from '../../src/app/exit-code.ts';
import { healthcheck } from '../../src/app/healthcheck.ts';
import type { Lifecycle } from '../../src/app/lifecycle.ts';
import { TOKENS } from '../../src/app/tokens.ts';
import { Authority } from '../support/certificates.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { load } from './config/load.ts';

/** A Hub that is not there: a mirror is healthy without one. */
const NOBODY = 'http://127.0.0.1:1';

testSuite('kagami healthcheck', (it) => {
  let directory: TempDirectory;
  let mirror: Lifecycle | undefined;
  let stranger: Server | undefined;
  it.beforeEach(async () => {
    directory = await tempDirectory();
  });
  it.afterEach(async () => {
    await mirror?.stop();
    mirror = undefined;
    stranger?.close();
    stranger = undefined;
    await directory.remove();
  });

  async function write(name: string, text: string): Promise<string> {
    const path = join(directory.path, name);
    await writeFile(path, text);
    return path;
  }

  /** What it ends with, and what it complains of, of a mirror that should run with these variables. */
  async function check(
    env: Record<string, string>,
    timeoutMs?: number,
  ): Promise<{ code: ExitCode; complaints: string[] }> {
    const complaints: string[] = [];
    const surroundings = {
      env,
      version: '0.0.0',
      complain: (message: string) => void complaints.push(message),
      print: () => assert.unreachable(),
      stopSignal: () => assert.unreachable() as never,
    };
    const config = await write('checked.yml', 'version: 0.1\n');
    return { code: await healthcheck(surroundings, config, timeoutMs), complaints };
  }

  /** Starts a mirror with these variables, on a free port unless they say where. */
  async function start(env: Record<string, string>): Promise<URL> {
    const { config } = load(undefined, {
      REGISTRY_STORAGE: 'inmemory',
      REGISTRY_PROXY_REMOTEURL: NOBODY,
      REGISTRY_HTTP_ADDR: '127.0.0.1:0',
      ...env,
    });
    mirror = createContainer(config, silentLogger(), '0.0.0', {}).get(TOKENS.lifecycle);
    return new URL((await mirror.start()).url);
  }

  /** Starts a mirror with these variables, and checks it. */
  async function checkRunning(env: Record<string, string>): ReturnType<typeof check> {
    const { host } = await start(env);
    return check({ REGISTRY_HTTP_ADDR: host, ...env });
  }

  const healthy = { code: EXIT.ok, complaints: [] };

  it('is content with a mirror that answers', async () => {
    assert.equal(await checkRunning({}), healthy);
  });

  it('finds it below its path', async () => {
    assert.equal(await checkRunning({ REGISTRY_HTTP_PREFIX: '/mirror/' }), healthy);
  });

  it('finds it at a Unix socket', async () => {
    const socket = join(directory.path, 'kagami.sock');
    const env = { REGISTRY_HTTP_NET: 'unix', REGISTRY_HTTP_ADDR: socket };
    assert.equal(await checkRunning(env), healthy);
  });

  it('finds one that listens on all interfaces', async () => {
    const { port } = await start({ REGISTRY_HTTP_ADDR: ':0' });
    for (const host of ['', '0.0.0.0', '127.0.0.1']) {
      assert.equal(await check({ REGISTRY_HTTP_ADDR: `${host}:${port}` }), healthy, host);
    }
  });

  it('needs no password, and takes the certificate as it is', async () => {
    const { certificate, key } = new Authority().issue('a name that clients use');
    const env = {
      REGISTRY_HTTP_TLS_CERTIFICATE: await write('certificate.pem', certificate),
      REGISTRY_HTTP_TLS_KEY: await write('key.pem', key),
      REGISTRY_AUTH_HTPASSWD_PATH: await write('htpasswd', ''),
      REGISTRY_AUTH_HTPASSWD_REALM: 'Kagami',
    };
    assert.equal(await checkRunning(env), healthy);
  });

  for (const clientAuth of ['', 'require-any-client-cert', 'request-client-cert']) {
    it(`needs no client certificate, where they are asked for by ${clientAuth || 'default'}`, async () => {
      const authority = new Authority();
      const { certificate, key } = authority.issue('mirror');
      const cas = JSON.stringify([await write('ca.pem', authority.certificate)]);
      const env = {
        REGISTRY_HTTP_TLS_CERTIFICATE: await write('certificate.pem', certificate),
        REGISTRY_HTTP_TLS_KEY: await write('key.pem', key),
        REGISTRY_HTTP_TLS_CLIENTCAS: cas,
        ...(clientAuth !== '' && { REGISTRY_HTTP_TLS_CLIENTAUTH: clientAuth }),
      };
      assert.equal(await checkRunning(env), healthy);
    });
  }

  /** Somebody else at the address, who says this to whoever comes. */
  async function strangerSaying(words: string): Promise<string> {
    stranger = createServer((socket) => {
      socket.on('error', () => {});
      if (words !== '') socket.end(words);
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    return `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  }

  it('says that nobody is there', async () => {
    const { code, complaints } = await check({ REGISTRY_HTTP_ADDR: '127.0.0.1:1' });
    assert.is(code, EXIT.failure);
    assert.equal(complaints, [
      'kagami: no mirror answers at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
    ]);
  });

  it('says that something else is there', async () => {
    const address = await strangerSaying('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    const { code, complaints } = await check({ REGISTRY_HTTP_ADDR: address });
    assert.is(code, EXIT.failure);
    assert.equal(complaints, [`kagami: what is at ${address} answers /healthz with 404`]);
  });

  it('does not wait for ever, in clear or for a handshake', async () => {
    const address = await strangerSaying('');
    const authority = new Authority();
    const { certificate, key } = authority.issue('mirror');
    const secure = {
      REGISTRY_HTTP_TLS_CERTIFICATE: await write('certificate.pem', certificate),
      REGISTRY_HTTP_TLS_KEY: await write('key.pem', key),
      REGISTRY_HTTP_TLS_CLIENTCAS: JSON.stringify([await write('ca.pem', authority.certificate)]),
    };
    for (const env of [{}, secure]) {
      const { code, complaints } = await check({ ...env, REGISTRY_HTTP_ADDR: address }, 50);
      assert.is(code, EXIT.failure);
      assert.equal(complaints, [
        `kagami: no mirror answers at ${address}: it has not within 50 ms`,
      ]);
    }
  });

  it('cannot find a mirror that takes any port', async () => {
    const { code, complaints } = await check({ REGISTRY_HTTP_ADDR: '127.0.0.1:0' });
    assert.is(code, EXIT.failure);
    assert.match(complaints.join('\n'), /any free port.*http\.addr/);
  });

  it('ends with 1 for a wrong configuration, for Docker keeps 2', async () => {
    const { code, complaints } = await check({ REGISTRY_HTTP_NET: 'udp' });
    assert.is(code, EXIT.failure);
    assert.match(complaints.join('\n'), 'REGISTRY_HTTP_NET');
  });
});
