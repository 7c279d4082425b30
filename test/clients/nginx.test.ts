import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { BehindNginx, LOGIN } from '../support/clients/behind-nginx.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { Gate } from '../support/gate.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { run } from '../support/program.ts';
import { rejects, testSuite } from '../support/suite.ts';

const REPOSITORY = 'library/app';
const LAYER = randomLayer(2 * 1024 * 1024);
/** Fits into no buffer that nginx has by default, and is not all of the layer. */
const PART = 1024 * 1024;

for (const configuration of ['kagami.conf', 'kagami-accel.conf'] as const) {
  testSuite(`Behind nginx with deploy/nginx/${configuration}`, (it) => {
    let scene: BehindNginx;

    it.beforeEach(async () => {
      scene = await BehindNginx.start({
        configuration,
        fill: (hub) => hub.push(REPOSITORY, image({ layers: [LAYER] }), { tags: ['1', '2', '3'] }),
      });
    });
    it.afterEach(() => scene.stop());

    it('skopeo copies an image with the password, and none without', async () => {
      requirePrograms(['skopeo']);
      const { both, nginx, authorityFile } = scene;
      const source = `docker://${new URL(nginx.url).host}/${REPOSITORY}:1`;
      const copy = (name: string, ...options: string[]): Promise<string> => {
        const target = `oci:${join(both.directory.path, name)}`;
        const env = { SSL_CERT_FILE: authorityFile };
        return run('skopeo', ['--insecure-policy', 'copy', ...options, source, target], { env });
      };
      const { message } = await rejects(copy('none'), Error);
      assert.match(message, /unauthorized|authentication required|401/i);
      assert.is(both.hub.arrivals.count('manifest-head'), 0);
      await copy('copied', '--src-creds', LOGIN);
      assert.is(both.hub.arrivals.count('cdn-get'), 2);
      await both.mirror.stored(LAYER.digest);
      await copy('copied-again', '--src-creds', LOGIN);
      assert.is(both.hub.arrivals.count('cdn-get'), 2);
    });

    it('says once which registry it is, with the password and without', async () => {
      for (const [auth, status] of [
        [LOGIN, 200],
        ['ann:wrong', 401],
      ] as const) {
        const { answer } = await scene.get('/v2/', { auth });
        assert.is(answer.statusCode, status);
        const versions = answer.rawHeaders.filter((word) => /^docker-distribution/i.test(word));
        assert.is(versions.length, 1);
        assert.is(answer.headers['docker-distribution-api-version'], 'registry/2.0');
      }
      const alive = await scene.get('/healthz', { auth: null });
      assert.is(alive.answer.statusCode, 200);
    });

    it('links are relative', async () => {
      const { answer } = await scene.get(`/v2/${REPOSITORY}/tags/list?n=1`);
      assert.is(answer.headers['link'], `</v2/${REPOSITORY}/tags/list?last=1&n=1>; rel="next"`);
    });

    it('Kagami knows the client, whatever that says of itself', async () => {
      const headers = { 'X-Forwarded-For': '192.0.2.1' };
      await scene.get('/v2/', { localAddress: '127.0.0.2', headers });
      await scene.both.mirror.logged('GET /v2/');
      assert.is(scene.logged('GET /v2/').at(-1)?.['client'], '127.0.0.2');
    });

    it('a layer comes as the Hub sends it, and not when nginx has it', async () => {
      const gate = new Gate();
      const action = { type: 'hold', until: gate.passed, after: PART } as const;
      scene.both.hub.faults.add({ server: 'cdn', action });
      const answer = await scene.ask(`/v2/${REPOSITORY}/blobs/${LAYER.digest}`);
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
}
