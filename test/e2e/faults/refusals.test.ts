import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

const LIMITED = {
  type: 'status',
  status: 429,
  body: {
    errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' }],
  },
  headers: { 'Retry-After': '120' },
} as const;

testSuite('When the Hub refuses', (it) => {
  const scene = scenes(it);

  it('pulls for the limit, what is here is served', async () => {
    const made = await scene({ moment: 'moved' });
    made.hub.faults.add({ server: 'registry', kind: 'manifest-get', action: LIMITED });
    assert.is(await made.pull(), 'whole, stale');
  });

  it('pulls for the limit, a client without a copy is told how long to wait', async () => {
    const made = await scene();
    made.hub.faults.add({ server: 'registry', kind: 'manifest-get', action: LIMITED });
    const answer = await made.get('manifests/latest');
    assert.is(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 60);
    assert.match(await answer.text(), '"code":"TOOMANYREQUESTS"');
  });

  it('pulls for the limit, no further one is tried until the wait is over, but tags are checked', async () => {
    const made = await scene({ moment: 'moved' });
    made.hub.faults.add({ server: 'registry', kind: 'manifest-get', times: 1, action: LIMITED });
    for (let pull = 0; pull < 3; pull++) assert.is(await made.pull(), 'whole, stale');
    assert.is(made.hub.arrivals.count('manifest-get'), 1);
    assert.is(made.hub.arrivals.count('manifest-head'), 3);
  });

  it('every request, what is here is served without asking again', async () => {
    const made = await scene({ moment: 'warm' });
    const action = {
      type: 'status',
      status: 429,
      body: 'Too Many Requests',
      headers: { 'Retry-After': '60' },
    } as const;
    made.hub.faults.add({ server: 'registry', action });
    for (let pull = 0; pull < 3; pull++) assert.is(await made.pull(), 'whole, stale');
    assert.is(made.hub.arrivals.count('manifest-head'), 1);
  });

  it('one account its pulls, the next one is used', async () => {
    const accounts = '[{username: one, password: a}, {username: two, password: b}]';
    const made = await scene({ env: { PROXY_CREDENTIALS: accounts }, hub: { rateLimit: 2 } });
    made.hub.addUser('one', 'a');
    made.hub.addUser('two', 'b');
    assert.is(await made.pull(), 'whole');
    made.move();
    assert.is(await made.pull(), 'whole');
    const users = new Set(
      made.hub.arrivals.of('token').map(({ headers }) => String(headers.authorization)),
    );
    assert.is(users.size, 2);
  });

  it('a password, that is said once, without the password, and what is here is served', async () => {
    const env = { PROXY_USERNAME: 'me', PROXY_PASSWORD: 'no-such-secret' };
    const made = await scene({ env });
    made.hub.addUser('me', 'right');
    for (let pull = 0; pull < 3; pull++) {
      assert.is(await made.pull(), 'manifest 502 UNAVAILABLE');
    }
    assert.is(made.hub.arrivals.count('token'), 1);
    assert.is(made.mirror.events('credentials-rejected').length, 1);
    assert.not.match(JSON.stringify(made.mirror.log), 'no-such-secret');
  });

  it('to know a repository, that is a 404 and remembered for a while', async () => {
    const made = await scene();
    const { url } = made.mirror;
    for (let pull = 0; pull < 3; pull++) {
      assert.is(await tryPull(url, 'library/nothing', 'latest'), 'manifest 404 NAME_UNKNOWN');
    }
    assert.is(made.hub.arrivals.count('manifest-head') + made.hub.arrivals.count('challenge'), 1);
  });

  it('to know a tag, that is a 404, which is forgotten after proxy.negativettl', async () => {
    const made = await scene({ env: { PROXY_NEGATIVETTL: '50ms' } });
    const { url } = made.mirror;
    const unknown = 'manifest 404 MANIFEST_UNKNOWN';
    assert.is(await tryPull(url, 'library/sample', 'soon'), unknown);
    made.hub.push('library/sample', made.latest, { tags: ['soon'] });
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.is(await tryPull(url, 'library/sample', 'soon'), 'whole');
  });

  it('nothing is remembered with a proxy.negativettl of 0', async () => {
    const made = await scene({ env: { PROXY_NEGATIVETTL: '0s' } });
    const { url } = made.mirror;
    await tryPull(url, 'library/sample', 'soon');
    made.hub.push('library/sample', made.latest, { tags: ['soon'] });
    assert.is(await tryPull(url, 'library/sample', 'soon'), 'whole');
  });

  it('to answer at all again and again, it is given a rest, and asked again when it is back', async () => {
    const made = await scene({ moment: 'warm' });
    await made.hub.down('registry');
    for (let pull = 0; pull < 4; pull++) assert.is(await made.pull(), 'whole, stale');
    assert.is(made.mirror.events('upstream-paused').length, 1);
    await made.hub.up('registry');
    await made.recovers();
    assert.is(made.mirror.events('upstream-resumed').length, 1);
    assert.is(await made.pull(), 'whole');
  });
});
