import { once } from 'node:events';
import * as assert from 'uvu/assert';
import type { ClientAuth } from '../../../src/adapters/http/tls-files.ts';
import { Authority, makeCertificate } from '../../support/certificates.ts';
import { Gate } from '../../support/gate.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { HttpsScene, type SecureAsking } from './https-scene.ts';
import { type Serving, servings } from './serving.ts';

testSuite('HTTPS', (it) => {
  const serve = servings(it);
  let scene: HttpsScene;
  it.beforeEach(async () => {
    scene = await HttpsScene.create();
  });
  it.afterEach(() => scene.directory.remove());

  it('is spoken in place of HTTP', async () => {
    const serving = await serve({ tls: scene.options });
    assert.match(serving.address.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(await scene.ask(serving, '/v2/'), { status: 200, from: 'a server' });
    assert.is(serving.entries[0]?.client, '127.0.0.1');
  });

  it('is not spoken in versions that are too old', async () => {
    const options = { ...scene.options, minimumVersion: 'TLSv1.3' } as const;
    const [usual, newest] = [await serve({ tls: scene.options }), await serve({ tls: options })];
    assert.is((await scene.ask(usual, '/v2/', { maxVersion: 'TLSv1.2' })).status, 200);
    await rejects(scene.ask(usual, '/v2/', { maxVersion: 'TLSv1.1' }), Error);
    await rejects(scene.ask(newest, '/v2/', { maxVersion: 'TLSv1.2' }), Error);
    assert.is((await scene.ask(newest, '/v2/')).status, 200);
  });

  it('does not answer who speaks HTTP, and goes on', async () => {
    const serving = await serve({ tls: scene.options });
    const raw = serving.raw().get('/v2/');
    await raw.ending();
    assert.not.match(raw.text, 'HTTP/1.1 200');
    assert.is((await scene.ask(serving, '/v2/')).status, 200);
  });

  it('sends a blob whole', async () => {
    const serving = await serve({ tls: scene.options });
    const digest = serving.mirror.addBlob('library/alpine', Buffer.alloc(3_000_000, 'blob'));
    await scene.ask(serving, `/v2/alpine/blobs/${digest}`);
    assert.is(serving.entries[0]?.bytes, 3_000_000);
    assert.not(serving.entries[0]?.aborted);
  });

  it('takes up a new certificate, and lets open connections go on', async () => {
    const serving = await serve({ tls: scene.options });
    const open = scene.connect(serving);
    await once(open, 'secureConnect');
    scene.renew('its successor');
    serving.server.renewCertificate();
    assert.is((await scene.ask(serving, '/v2/')).from, 'its successor');
    open.write('GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n');
    const [answer] = (await once(open, 'data')) as [Buffer];
    assert.match(answer.toString(), 'HTTP/1.1 200');
    open.destroy();
  });

  it('goes on with the old certificate when the new one cannot be used', async () => {
    const serving = await serve({ tls: scene.options });
    scene.write('key.pem', makeCertificate({ name: 'another' }).key);
    assert.throws(() => serving.server.renewCertificate(), /is not the key of/);
    scene.write('key.pem', 'half a k');
    assert.throws(() => serving.server.renewCertificate(), /holds no private key/);
    assert.is((await scene.ask(serving, '/v2/')).from, 'a server');
  });

  it('takes up other CAs for clients', async () => {
    const clientCas = [scene.write('clients.pem', scene.authority.certificate)];
    const serving = await serve({ tls: { ...scene.options, clientCas } });
    const as = scene.authority.issue('ann');
    assert.is((await scene.ask(serving, '/v2/', { as })).status, 200);
    scene.write('clients.pem', new Authority('another').certificate);
    serving.server.renewCertificate();
    await rejects(scene.ask(serving, '/v2/', { as }), Error);
  });

  it('ends in order, with an answer, an idle connection and a handshake under way', async () => {
    const serving = await serve({ tls: scene.options });
    const digest = serving.mirror.addBlob('library/alpine', Buffer.from('bytes'));
    const gate = new Gate();
    serving.mirror.gate = gate.passed;
    const idle = scene.connect(serving);
    await once(idle, 'secureConnect');
    const silent = serving.raw();
    await once(silent.socket, 'connect');
    const asked = scene.ask(serving, `/v2/alpine/blobs/${digest}`);
    while (serving.mirror.calls.length === 0) await new Promise(setImmediate);
    const drained = serving.server.drain(60_000);
    await Promise.all([once(idle, 'close'), silent.ending()]);
    gate.open();
    assert.is((await asked).status, 200);
    await drained;
  });
});

type Who = 'nobody' | 'a stranger' | 'a friend';

const WELCOME: Readonly<Record<ClientAuth, readonly Who[]>> = {
  'request-client-cert': ['nobody', 'a stranger', 'a friend'],
  'require-any-client-cert': ['a stranger', 'a friend'],
  'verify-client-cert-if-given': ['nobody', 'a friend'],
  'require-and-verify-client-cert': ['a friend'],
};

testSuite('a client certificate', (it) => {
  const serve = servings(it);
  let scene: HttpsScene;
  it.beforeEach(async () => {
    scene = await HttpsScene.create();
  });
  it.afterEach(() => scene.directory.remove());

  /** Who of all is answered. */
  async function welcome(serving: Serving): Promise<Who[]> {
    const clients: Record<Who, SecureAsking> = {
      nobody: {},
      'a stranger': { as: makeCertificate({ name: 'a stranger' }) },
      'a friend': { as: scene.authority.issue('a friend') },
    };
    const answered: Who[] = [];
    for (const [who, asking] of Object.entries(clients) as [Who, SecureAsking][]) {
      const answer = await scene.ask(serving, '/v2/', asking).catch(() => undefined);
      if (answer?.status === 200) answered.push(who);
    }
    return answered;
  }

  for (const [clientAuth, expected] of Object.entries(WELCOME) as [ClientAuth, Who[]][]) {
    it(`with ${clientAuth} is wanted of all but ${expected.join(' and ')}`, async () => {
      const tls = { ...scene.options, clientCas: [scene.path('ca.pem')], clientAuth };
      assert.equal(await welcome(await serve({ tls })), expected);
    });
  }

  it('is required and verified where there are CAs and nothing else is said', async () => {
    const tls = { ...scene.options, clientCas: [scene.path('ca.pem')] };
    assert.equal(await welcome(await serve({ tls })), ['a friend']);
  });
});
