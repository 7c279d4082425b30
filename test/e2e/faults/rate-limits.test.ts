import * as assert from 'uvu/assert';
import type { FaultAction } from '../../support/hub/faults.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { errorIn } from './client.ts';
import { type Scene, scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

const LIMITED = 'manifest 429 TOOMANYREQUESTS';
const STALE = 'whole, stale';
const JSON_BODY = {
  errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your limit.' }],
};

function refusal(retryAfter: string | undefined, body: string | object = JSON_BODY): FaultAction {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  return { type: 'status', status: 429, body, headers };
}

function ahead(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** How the Hub says when to come again, and what a client is told, from and to how many seconds. */
const WAITS: readonly (readonly [string, () => string | undefined, from: number, to: number])[] = [
  ['in seconds', () => '120', 100, 120],
  ['as a date', () => ahead(120).toUTCString(), 100, 120],
  ['as a timestamp', () => String(Math.floor(ahead(120).getTime() / 1000)), 100, 120],
  ['not at all', () => undefined, 50, 60],
  ['in words', () => 'later', 50, 60],
  ['at once', () => '0', 0, 1],
  ['in a year', () => '31536000', 3500, 3600],
  ['in the past', () => ahead(-9999).toUTCString(), 0, 1],
];

const BODIES: readonly (readonly [string, string | object])[] = [
  ['in JSON', JSON_BODY],
  ['in plain text', 'Too Many Requests'],
  ['in a web page', '<html>Too Many Requests</html>'],
  ['without a word', ''],
];

function refusePulls({ hub }: Scene, action: FaultAction, times: number = Infinity): void {
  hub.faults.add({ server: 'registry', kind: 'manifest-get', times, action });
}

testSuite('When the Hub refuses further pulls', (it) => {
  const scene = scenes(it);

  for (const [how, retryAfter, from, to] of WAITS) {
    it(`and says ${how} when to come again, a client without a copy is told that`, async () => {
      const made = await scene();
      refusePulls(made, refusal(retryAfter()));
      const got = await made.ask('manifests/latest');
      assert.is(got.status, 429);
      assert.is(errorIn(got).code, 'TOOMANYREQUESTS');
      const seconds = Number(got.headers['retry-after']);
      assert.ok(seconds >= from && seconds <= to, `${seconds} s`);
    });
  }

  for (const [how, body] of BODIES) {
    it(`${how}, a client with a copy gets that`, async () => {
      const made = await scene({ moment: 'moved' });
      refusePulls(made, refusal('60', body));
      for (let pull = 0; pull < 3; pull++) assert.is(await made.pull(), STALE);
      assert.is(made.hub.arrivals.count('manifest-get'), 1);
      assert.is(made.hub.arrivals.count('manifest-head'), 3);
      assert.is(made.mirror.events('rate-limited').length, 1);
    });
  }

  it('a crowd without a copy costs one refusal', async () => {
    const made = await scene();
    refusePulls(made, refusal('60'));
    const crowd = await Promise.all(Array.from({ length: 30 }, () => made.ask('manifests/latest')));
    for (const { status } of crowd) assert.is(status, 429);
    assert.is(made.hub.arrivals.count('manifest-get'), 1);
  });

  it('what is asked for by HEAD is told all the same', async () => {
    const made = await scene();
    refusePulls(made, refusal('60'));
    assert.is((await made.ask('manifests/latest')).status, 429);
    const head = await made.ask('manifests/latest', { method: 'HEAD' });
    assert.equal([head.status, head.headers['warning']], [200, undefined]);
  });

  it('blobs are not concerned, since they are not counted', async () => {
    const made = await scene();
    await made.pullManifests();
    refusePulls(made, refusal('60'));
    assert.is((await made.ask('manifests/latest')).status, 200);
    made.assertIsLayer(await made.askForLayer());
  });

  it('it is asked again when the wait is over, without anybody doing anything', async () => {
    const made = await scene({ moment: 'moved' });
    refusePulls(made, refusal('3'), 1);
    assert.is(await made.pull(), STALE);
    await made.recovers();
    assert.is(made.hub.arrivals.count('manifest-get'), 3);
  });

  it('the allowance of an address, it is the client without a copy alone who notices', async () => {
    const made = await scene({ moment: 'warm', hub: { rateLimit: 3 } });
    made.hub.push('library/other', sampleImage('other'), { tags: ['latest'] });
    const other = (): Promise<string> => tryPull(made.mirror.url, 'library/other', 'latest');
    // The first two pulls were those of the image that is here.
    assert.is(await other(), LIMITED);
    for (let pull = 0; pull < 5; pull++) assert.is(await made.pull(), 'whole');
    assert.is(await other(), LIMITED);
    assert.is(made.hub.arrivals.count('manifest-get'), 2);
  });

  it('of every account, the wait that is over first is told', async () => {
    const accounts = '[{username: one, password: a}, {username: two, password: b}]';
    const made = await scene({ env: { PROXY_CREDENTIALS: accounts } });
    made.hub.addUser('one', 'a');
    made.hub.addUser('two', 'b');
    for (const wait of ['900', '300']) {
      refusePulls(made, refusal(wait), 1);
    }
    const got = await made.ask('manifests/latest');
    assert.is(got.status, 429);
    const seconds = Number(got.headers['retry-after']);
    assert.ok(seconds > 250 && seconds <= 300, `${seconds} s`);
    assert.is(made.hub.arrivals.count('manifest-get'), 2);
  });
});

/** Where else it may be refused, and what a pull of what is here, and of what is not, is then. */
const ELSEWHERE = [
  { server: 'registry', kind: undefined, warm: STALE, cold: LIMITED },
  { server: 'auth', kind: 'token', warm: 'whole', cold: LIMITED },
  { server: 'cdn', kind: 'cdn-get', warm: 'whole', cold: 'blob 429 TOOMANYREQUESTS' },
] as const;

testSuite('When the Hub refuses any request', (it) => {
  const scene = scenes(it);

  for (const { server, kind, warm, cold } of ELSEWHERE) {
    it(`at its ${server}, what is here is ${warm}, and what is not is ${cold}`, async () => {
      const made = await scene({ moment: 'warm' });
      made.hub.push('library/other', sampleImage(server), { tags: ['latest'] });
      const action = refusal('60', 'Too Many Requests');
      made.hub.faults.add({ server, ...(kind && { kind }), action });
      for (let pull = 0; pull < 3; pull++) {
        assert.is(await made.pull(), warm);
        assert.is(await tryPull(made.mirror.url, 'library/other', 'latest'), cold);
      }
      const refused = made.hub.arrivals.all().filter(({ status }) => status === 429);
      assert.is(refused.length, 1);
    });
  }
});
