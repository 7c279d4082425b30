import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import type { ServerName } from '../../support/hub/arrivals.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { ask, errorIn } from './client.ts';
import { type Scene, scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

const STALE = 'whole, stale';

/** After so many failures in a row a host is given a rest. */
const FAILURES = 5;

const BROKEN: FaultAction = { type: 'status', status: 503 };

function fails(made: Scene, server: ServerName, action: FaultAction = BROKEN): () => void {
  return made.hub.faults.add({ server, action });
}

async function rests({ mirror }: Scene, pull: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    if (mirror.events('upstream-paused').length > 0) return;
    await pull();
  }
  assert.unreachable('it is never given a rest');
}

testSuite('A host that keeps failing', (it) => {
  const scene = scenes(it);

  it('is asked no more by clients; those who have a copy get it, the others are told when', async () => {
    const made = await scene({ moment: 'warm' });
    fails(made, 'registry');
    await rests(made, () => made.pull());
    const asked = (): number => made.hub.arrivals.count('manifest-head');
    assert.is(asked(), FAILURES);
    for (let pull = 0; pull < 10; pull++) assert.is(await made.pull(), STALE);
    const got = await ask(`${made.mirror.url}/v2/library/other/manifests/latest`);
    assert.is(got.status, 503);
    const seconds = Number(got.headers['retry-after']);
    assert.ok(seconds >= 1 && seconds <= 10, `${seconds} s`);
    assert.is(errorIn(got).code, 'UNAVAILABLE');
    assert.is(asked(), FAILURES);
  });

  it('by saying nothing keeps nobody waiting any more', async () => {
    const env = { PROXY_TAGS_TIMEOUT: '4s' };
    const made = await scene({ moment: 'warm', clock: new SwiftClock(20), env });
    fails(made, 'registry', { type: 'hang' });
    await rests(made, () => made.pull());
    const before = made.hub.arrivals.count('manifest-head');
    for (let pull = 0; pull < 5; pull++) assert.is(await made.pull(), STALE);
    assert.is(made.hub.arrivals.count('manifest-head'), before);
  });

  it('is said once to rest, and why, and once to be back, and for how long it was not', async () => {
    const made = await scene({ moment: 'warm' });
    const repaired = fails(made, 'registry');
    await rests(made, () => made.pull());
    repaired();
    await eventually(() => made.mirror.events('upstream-resumed').length > 0, 'it is back');
    assert.is(await made.pull(), 'whole');
    const { host } = new URL(made.hub.url);
    const [paused, ...more] = made.mirror.events('upstream-paused');
    assert.equal(more, []);
    assert.equal([paused?.['host'], paused?.['failures']], [host, FAILURES]);
    assert.match(String(paused?.['error']), 'answered with status 503');
    const [resumed, ...others] = made.mirror.events('upstream-resumed');
    assert.equal(others, []);
    assert.is(resumed?.['host'], host);
    assert.ok(Number(resumed?.['pausedMs']) > 0);
  });

  it('is probed in the background, without any client', async () => {
    const made = await scene({ moment: 'warm', clock: new SwiftClock(20) });
    const repaired = fails(made, 'registry');
    await rests(made, () => made.pull());
    made.hub.arrivals.clear();
    await eventually(() => made.hub.arrivals.all().length >= 2, 'it is probed twice');
    for (const { path, headers } of made.hub.arrivals.all()) {
      assert.equal([path, headers.authorization], ['/v2/', undefined]);
    }
    repaired();
    await eventually(() => made.mirror.events('upstream-resumed').length > 0, 'it is back');
  });

  it('is not probed any more once the mirror is stopped', async () => {
    const made = await scene({ moment: 'warm', clock: new SwiftClock(50) });
    fails(made, 'registry');
    await rests(made, () => made.pull());
    await made.mirror.close();
    made.hub.arrivals.clear();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(made.hub.arrivals.all(), []);
  });

  it('is the CDN alone, if it is the CDN: tags are checked as ever', async () => {
    const env = { PROXY_RETRIES: '0' };
    const made = await scene({ moment: 'warm', env });
    fails(made, 'cdn');
    made.move();
    await rests(made, () => made.pull());
    const before = made.hub.arrivals.count('cdn-get');
    assert.is(before, FAILURES);
    const heads = made.hub.arrivals.count('manifest-head');
    assert.is(await made.pull(), 'blob 404 UNAVAILABLE');
    assert.is(made.hub.arrivals.count('manifest-head'), heads + 1);
    assert.is(made.hub.arrivals.count('cdn-get'), before);
  });

  it('is the token service alone, if it is that: who has a token needs no other', async () => {
    const made = await scene({ moment: 'warm' });
    made.hub.push('library/other', sampleImage('other'), { tags: ['latest'] });
    fails(made, 'auth');
    const other = (): Promise<string> => tryPull(made.mirror.url, 'library/other', 'latest');
    await rests(made, other);
    assert.is(await other(), 'manifest 503 UNAVAILABLE');
    made.move();
    assert.is(await made.pull(), 'whole');
    assert.is(made.hub.arrivals.count('token'), FAILURES);
  });

  it('is not one that refuses, does not know, or wants to know who asks', async () => {
    const made = await scene({ env: { PROXY_NEGATIVETTL: '0s' } });
    for (const status of [401, 403, 404, 404, 404, 404, 404, 404, 404, 404]) {
      made.hub.faults.add({
        server: 'registry',
        kind: 'manifest-head',
        times: 1,
        action: { type: 'status', status },
      });
      await made.pull();
    }
    assert.is(await made.pull(), 'whole');
    assert.equal(made.mirror.events('upstream-paused'), []);
  });

  it('is one whose failures are in a row', async () => {
    const made = await scene({ moment: 'warm' });
    for (let round = 0; round < FAILURES; round++) {
      made.hub.faults.add({ server: 'registry', times: 2, action: BROKEN });
      assert.is(await made.pull(), 'whole');
    }
    assert.equal(made.mirror.events('upstream-paused'), []);
  });
});
