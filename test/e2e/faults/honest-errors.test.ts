import * as assert from 'uvu/assert';
import type { Fault, FaultAction } from '../../support/hub/faults.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { ask, errorIn } from './client.ts';
import { type Scene, scenes } from './scene.ts';

/** What befalls every request to the registry, and what a client without a copy is told. */
const FAILURES: readonly (readonly [string, FaultAction, number, RegExp])[] = [
  ['resets every connection', { type: 'reset' }, 502, /cannot be reached: the connection was/],
  ['never answers', { type: 'hang' }, 504, /did not answer within \d+ ms/],
  ['answers with 500', { type: 'status', status: 500 }, 502, /answered with status 500/],
  ['answers with 502', { type: 'status', status: 502 }, 502, /answered with status 502/],
  ['answers with 504', { type: 'status', status: 504 }, 502, /answered with status 504/],
  ['answers with 418', { type: 'status', status: 418 }, 502, /answered with status 418/],
  ['answers with a web page', { type: 'html' }, 502, /sent a web page/],
  ['answers with bare line feeds', { type: 'bare-lf' }, 502, /does not speak HTTP/],
  ['answers compressed', { type: 'encoding' }, 502, /coded as gzip, which nobody asked for/],
  [
    'redirects for ever',
    { type: 'status', status: 302, headers: { location: '/v2/' } },
    502,
    /redirects more than 5 times/,
  ],
  [
    'redirects to another protocol',
    { type: 'status', status: 302, headers: { location: 'ftp://127.0.0.1/' } },
    502,
    /redirects to an address of type ftp:/,
  ],
  [
    'redirects to a host that does not exist',
    { type: 'status', status: 307, headers: { location: 'http://cdn.kagami.invalid/x' } },
    502,
    /cdn\.kagami\.invalid cannot be reached: /,
  ],
];

/** What can be asked of a mirror that knows nothing yet; the layer's size is in no manifest it saw. */
const QUESTIONS = ['manifests/latest', 'manifests/DIGEST', 'blobs/LAYER', 'tags/list'];

testSuite('A client whom nobody can help', (it) => {
  const scene = scenes(it);

  for (const [what, action, status, message] of FAILURES) {
    it(`is told ${status} and why, when the Hub ${what}`, async () => {
      const clock = new SwiftClock(action.type === 'hang' ? 60 : 10);
      const env = { PROXY_RETRIES: '1', PROXY_STALLTIMEOUT: '30s' };
      const made = await scene({ hub: { auth: false }, clock, env });
      made.hub.faults.add({ server: 'registry', action });
      // A host that is asked too often is given a rest, and that would be the answer then.
      for (const question of action.type === 'hang'
        ? QUESTIONS.slice(0, 2)
        : QUESTIONS.slice(0, 1)) {
        const got = await made.ask(asked(made, question));
        assert.is(got.status, status);
        const error = errorIn(got);
        assert.is(error.code, 'UNAVAILABLE');
        assert.match(error.message, message);
        assert.type((error.detail as { host: unknown }).host, 'string');
        assert.not.match(got.body.toString(), /UNKNOWN|node:|\.ts|\bat /);
      }
    });
  }

  for (const question of QUESTIONS) {
    for (const method of ['GET', 'HEAD']) {
      it(`is never told that ${question} is unknown when nobody could be asked (${method})`, async () => {
        const made = await scene({ env: { PROXY_RETRIES: '0' } });
        await made.hub.down('registry');
        const got = await made.ask(asked(made, question), { method });
        assert.is(got.status, 502);
        assert.is(got.headers['content-type'], 'application/json');
        if (method === 'HEAD') return;
        const { code, detail } = errorIn(got);
        assert.is(code, 'UNAVAILABLE');
        assert.equal(detail, { host: new URL(made.hub.url).host, code: 'ECONNREFUSED' });
      });
    }
  }
});

function asked({ latest, layer }: Scene, question: string): string {
  return question.replace('DIGEST', latest.manifest.digest).replace('LAYER', layer.digest);
}

const PRIVATE = 'acme/private';
const JSON_TYPE = { 'content-type': 'application/json' };

function refusal(status: number, code: string): FaultAction {
  return {
    type: 'status',
    status,
    body: { errors: [{ code, message: 'no' }] },
    headers: JSON_TYPE,
  };
}

/** What the registry says itself, and what becomes of it. */
const ANSWERS: readonly (readonly [string, Omit<Fault, 'server'>, number, string])[] = [
  ['404 MANIFEST_UNKNOWN', { action: refusal(404, 'MANIFEST_UNKNOWN') }, 404, 'MANIFEST_UNKNOWN'],
  ['403 DENIED', { action: refusal(403, 'DENIED') }, 403, 'DENIED'],
  ['403 without a word', { action: { type: 'status', status: 403 } }, 403, 'DENIED'],
  [
    '403 and a web page, as something in between does',
    { action: { type: 'status', status: 403, headers: { 'content-type': 'text/html' } } },
    502,
    'UNAVAILABLE',
  ],
];

testSuite('What the registry says', (it) => {
  const scene = scenes(it);

  for (const [said, fault, status, code] of ANSWERS) {
    it(`is passed on: ${said} is ${status} ${code}`, async () => {
      const made = await scene();
      made.hub.faults.add({ server: 'registry', kind: 'manifest-head', ...fault });
      made.hub.faults.add({ server: 'registry', kind: 'manifest-get', ...fault });
      const got = await made.ask('manifests/latest');
      assert.is(got.status, status);
      assert.is(errorIn(got).code, code);
    });
  }

  it('of a private repository to those who may not see it is 404 NAME_UNKNOWN', async () => {
    const made = await scene();
    made.hub.push(PRIVATE, sampleImage('private'), { tags: ['latest'] });
    made.hub.makePrivate(PRIVATE, 'acme');
    const got = await ask(`${made.mirror.url}/v2/${PRIVATE}/manifests/latest`);
    assert.is(got.status, 404);
    assert.is(errorIn(got).code, 'NAME_UNKNOWN');
  });

  it('of a tag that is gone is passed on though a copy is here, and the tag is no more', async () => {
    const made = await scene({ moment: 'warm' });
    made.hub.untag('library/sample', 'latest');
    assert.is(await made.pull(), 'manifest 404 MANIFEST_UNKNOWN');
    await made.hub.down('registry');
    assert.is(await made.pull(), 'manifest 404 MANIFEST_UNKNOWN');
  });

  it('in a text of its own does not get in front of the client at any length', async () => {
    const made = await scene();
    const message = 'x'.repeat(5000);
    const body = { errors: [{ code: 'DENIED', message }] };
    const action = { type: 'status', status: 403, body, headers: JSON_TYPE } as const;
    made.hub.faults.add({ server: 'registry', kind: 'manifest-head', action });
    assert.ok((await made.ask('manifests/latest')).body.length < 1000);
  });
});

testSuite('What the registry does not have', (it) => {
  const scene = scenes(it);

  it('is not asked for again within proxy.negativettl, whoever wants it', async () => {
    const made = await scene();
    for (const path of ['manifests/none', `blobs/sha256:${'0'.repeat(64)}`]) {
      for (let time = 0; time < 3; time++) assert.is((await made.ask(path)).status, 404);
    }
    assert.is(made.hub.arrivals.count('manifest-head'), 1);
    assert.is(made.hub.arrivals.count('blob-get'), 1);
  });

  it('is no hindrance to what it has in the same repository', async () => {
    const made = await scene();
    assert.is((await made.ask('manifests/none')).status, 404);
    assert.is(await made.pull(), 'whole');
  });
});
