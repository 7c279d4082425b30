import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import * as assert from 'uvu/assert';
import { Authority } from '../support/certificates.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { type Nginx, startNginx } from '../support/clients/nginx.ts';
import { builtMirror } from '../support/compiled-mirror.ts';
import { Gate } from '../support/gate.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { run } from '../support/program.ts';
import { rejects, testSuite } from '../support/suite.ts';

const REPOSITORY = 'library/app';
const LAYER = randomLayer(2 * 1024 * 1024);
/** Fits into no buffer that nginx has by default, and is not all of the layer. */
const PART = 1024 * 1024;
const AUTH = 'ann:secret';

testSuite('Behind nginx with the configuration in deploy/nginx', (it) => {
  const authority = new Authority();
  let both: MirroredHub;
  let nginx: Nginx;
  let authorityFile: string;

  it.beforeEach(async () => {
    both = await mirroredHub({
      main: builtMirror(),
      env: { REGISTRY_HTTP_TRUSTEDPROXIES: '[127.0.0.1]' },
      fill: (hub) => hub.push(REPOSITORY, image({ layers: [LAYER] }), { tags: ['1', '2', '3'] }),
    });
    const { path } = both.directory;
    const write = async (name: string, text: string): Promise<string> => {
      await writeFile(join(path, name), text);
      return join(path, name);
    };
    const { certificate, key } = authority.issue('nginx');
    authorityFile = await write('ca.pem', authority.certificate);
    const directory = join(path, 'nginx');
    await mkdir(directory);
    nginx = await startNginx({
      directory,
      upstream: new URL(both.url).host,
      certificate: await write('certificate.pem', certificate),
      key: await write('key.pem', key),
      passwords: await write('htpasswd', `ann:${hashSync('secret', 4)}\n`),
    });
  });
  it.afterEach(async () => {
    await nginx.stop();
    await both.close();
  });

  function ask(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const all = { ca: authority.certificate, agent: false, auth: AUTH, ...options };
    return new Promise((resolve, reject) => {
      request(nginx.url + path, all, resolve)
        .on('error', reject)
        .end();
    });
  }

  /** The log line of the last request to Kagami for this path. */
  function loggedClient(path: string): unknown {
    return both.mirror.log.findLast(({ msg }) => msg === `GET ${path}`)?.['client'];
  }

  it('skopeo copies an image with the password, and none without', async () => {
    requirePrograms(['skopeo']);
    const source = `docker://${new URL(nginx.url).host}/${REPOSITORY}:1`;
    const copy = (name: string, ...options: string[]): Promise<string> => {
      const target = `oci:${join(both.directory.path, name)}`;
      const env = { SSL_CERT_FILE: authorityFile };
      return run('skopeo', ['--insecure-policy', 'copy', ...options, source, target], { env });
    };
    const { message } = await rejects(copy('none'), Error);
    assert.match(message, /unauthorized|authentication required|401/i);
    assert.is(both.hub.arrivals.count('manifest-head'), 0);
    await copy('copied', '--src-creds', AUTH);
    assert.is(both.hub.arrivals.count('cdn-get'), 2);
  });

  it('says once which registry it is, with the password and without', async () => {
    for (const [auth, status] of [
      [AUTH, 200],
      ['ann:wrong', 401],
    ] as const) {
      const answer = await ask('/v2/', { auth });
      answer.resume();
      assert.is(answer.statusCode, status);
      const versions = answer.rawHeaders.filter((word) => /^docker-distribution/i.test(word));
      assert.is(versions.length, 1);
      assert.is(answer.headers['docker-distribution-api-version'], 'registry/2.0');
    }
    const alive = await ask('/healthz', { auth: null });
    alive.resume();
    assert.is(alive.statusCode, 200);
  });

  it('links are relative', async () => {
    const answer = await ask(`/v2/${REPOSITORY}/tags/list?n=1`);
    answer.resume();
    assert.is(answer.headers['link'], `</v2/${REPOSITORY}/tags/list?last=1&n=1>; rel="next"`);
  });

  it('Kagami knows the client, whatever that says of itself', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.1' };
    const answer = await ask('/v2/', { localAddress: '127.0.0.2', headers });
    answer.resume();
    await both.mirror.logged('GET /v2/');
    assert.is(loggedClient('/v2/'), '127.0.0.2');
  });

  it('a layer comes as the Hub sends it, and not when nginx has it', async () => {
    const gate = new Gate();
    const action = { type: 'hold', until: gate.passed, after: PART } as const;
    both.hub.faults.add({ server: 'cdn', action });
    const answer = await ask(`/v2/${REPOSITORY}/blobs/${LAYER.digest}`);
    let bytes = 0;
    await new Promise<void>((resolve, reject) => {
      answer.on('error', reject);
      answer.on('end', resolve);
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        // The Hub sends the rest only when all of the part is here.
        if (bytes >= PART) gate.open();
      });
    });
    assert.is(bytes, LAYER.bytes.length);
  });
});
