import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { REPOSITORY, scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

const STALE = 'whole, stale';
const NO_MANIFEST = 'manifest 502 UNAVAILABLE';
const NO_BLOB = 'blob 404 UNAVAILABLE';
const HOUR_MS = 3_600_000;
const FACTOR = 5;

/** Where a host is given its rest, that would be most of the time. */
const HURRY = 20;

type Server = 'registry' | 'auth' | 'cdn';

interface Outage {
  readonly down: readonly Server[];
  /** What a pull is of an image that is here, */
  readonly warm: string;
  /** of a tag that has moved to one that is not, while a token for its repository is, */
  readonly moved: string;
  /** and of a repository of which nothing is here. */
  readonly cold: string;
}

const OUTAGES: readonly Outage[] = [
  { down: ['registry'], warm: STALE, moved: STALE, cold: NO_MANIFEST },
  { down: ['auth'], warm: 'whole', moved: 'whole', cold: NO_MANIFEST },
  { down: ['cdn'], warm: 'whole', moved: NO_BLOB, cold: NO_BLOB },
  { down: ['registry', 'auth'], warm: STALE, moved: STALE, cold: NO_MANIFEST },
  { down: ['auth', 'cdn'], warm: 'whole', moved: NO_BLOB, cold: NO_MANIFEST },
  { down: ['registry', 'auth', 'cdn'], warm: STALE, moved: STALE, cold: NO_MANIFEST },
];

testSuite('While the Hub is down', (it) => {
  const scene = scenes(it);

  for (const { down, warm, moved, cold } of OUTAGES) {
    const what = down.join(', ');
    for (const [moment, expected] of [
      ['warm', warm],
      ['moved', moved],
    ] as const) {
      it(`without its ${what}, a ${moment} image is ${expected}`, async () => {
        const made = await scene({ moment, clock: new SwiftClock(HURRY) });
        for (const server of down) await made.hub.down(server);
        assert.is(await made.pull(), expected);
        await made.assertNothingWrongIsKept();
        for (const server of down) await made.hub.up(server);
        await made.recovers();
      });
    }

    it(`without its ${what}, an image of which nothing is here is ${cold}`, async () => {
      const made = await scene({ moment: 'warm', clock: new SwiftClock(HURRY) });
      const other = 'library/other';
      made.hub.push(other, sampleImage('other'), { tags: ['latest'] });
      for (const server of down) await made.hub.down(server);
      assert.is(await tryPull(made.mirror.url, other, 'latest'), cold);
      for (const server of down) await made.hub.up(server);
      await made.recovers();
    });
  }

  for (const method of ['GET', 'HEAD']) {
    it(`a stale answer has a Warning of 110 and the Age of what is known, to ${method}`, async () => {
      const clock = new ShiftedClock(FACTOR);
      const made = await scene({ moment: 'warm', clock });
      await made.hub.down('registry');
      clock.advance(2 * HOUR_MS);
      const answer = await made.ask('manifests/latest', { method });
      assert.is(answer.status, 200);
      assert.is(answer.headers['warning'], '110 - "Response is Stale"');
      const age = Number(answer.headers['age']);
      assert.ok(age >= 7200 && age < 7500, `${age}`);
      assert.is(answer.headers['docker-content-digest'], made.latest.manifest.digest);
      assert.is(made.mirror.events('tag-stale').length, 1);
    });
  }

  it('an answer that is not stale has no Warning', async () => {
    const made = await scene({ moment: 'warm' });
    assert.is((await made.ask('manifests/latest')).headers['warning'], undefined);
  });

  it('a tag is served as long as proxy.tags.staleiferror allows, and no longer', async () => {
    const clock = new ShiftedClock(FACTOR);
    const env = { PROXY_TAGS_STALEIFERROR: '1h' };
    const made = await scene({ moment: 'warm', env, clock });
    await made.hub.down('registry');
    clock.advance(HOUR_MS / 2);
    assert.is(await made.pull(), STALE);
    clock.advance(HOUR_MS);
    // Which of the two it is depends on whether the registry is given a rest already.
    assert.match(await made.pull(), /^manifest 50[23] UNAVAILABLE$/);
  });

  it('a tag is served however old it is, without proxy.tags.staleiferror', async () => {
    const clock = new ShiftedClock(FACTOR);
    const made = await scene({ moment: 'warm', clock, env: { PROXY_TTL: '0' } });
    await made.hub.down('registry');
    clock.advance(365 * 24 * HOUR_MS);
    assert.is(await made.pull(), STALE);
  });

  it('a cache hit needs no token', async () => {
    const made = await scene({ moment: 'warm' });
    made.hub.expireTokens();
    await made.hub.down('auth');
    const { digest } = made.latest.manifest;
    assert.is((await made.ask(`manifests/${digest}`)).status, 200);
    made.assertIsLayer(await made.askForLayer());
    assert.equal(made.hub.arrivals.summary(), {});
  });
});

testSuite('A mirror that starts', (it) => {
  const scene = scenes(it);
  let hub: HubDouble | undefined;
  it.afterEach(async () => {
    await hub?.close();
    hub = undefined;
  });

  for (const down of [['registry'], ['auth'], ['registry', 'auth', 'cdn']] as const) {
    it(`without ${down.join(', ')} starts all the same, and pulls when that is back`, async () => {
      hub = await startHub();
      hub.push(REPOSITORY, sampleImage('late'), { tags: ['latest'] });
      for (const server of down) await hub.down(server);
      const mirror = await embeddedMirror({ upstream: hub.url, clock: new SwiftClock(HURRY) });
      try {
        assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), NO_MANIFEST);
        for (const server of down) await hub.up(server);
        assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), 'whole');
      } finally {
        await mirror.close();
      }
    });
  }

  it('during an outage says so once', async () => {
    hub = await startHub();
    await hub.down('registry');
    const mirror = await embeddedMirror({ upstream: hub.url, clock: new SwiftClock(HURRY) });
    try {
      assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), NO_MANIFEST);
      const warnings = mirror.log.filter(({ level, upstream }) => level === 'warn' && upstream);
      assert.is(warnings.length, 1);
    } finally {
      await mirror.close();
    }
  });

  it('with an upstream whose name does not resolve says what could not be found', async () => {
    const mirror = await embeddedMirror({ upstream: 'http://kagami.invalid' });
    try {
      const answer = await fetch(`${mirror.url}/v2/${REPOSITORY}/manifests/latest`);
      assert.is(answer.status, 502);
      assert.match(await answer.text(), 'kagami.invalid');
    } finally {
      await mirror.close();
    }
  });

  it('with an upstream whose name no longer resolves serves what is here', async () => {
    const made = await scene({ moment: 'warm' });
    const { storage } = made.mirror;
    const mirror = await embeddedMirror({ upstream: 'http://kagami.invalid', storage });
    try {
      assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), STALE);
    } finally {
      await mirror.close();
    }
  });

  it('offline never contacts the upstream, and serves what is in its storage', async () => {
    const made = await scene({ moment: 'warm' });
    const mirror = await embeddedMirror({
      upstream: made.hub.url,
      storage: made.mirror.storage,
      env: { PROXY_OFFLINE: 'true' },
    });
    try {
      assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), STALE);
      const other = await tryPull(mirror.url, 'library/other', 'latest');
      assert.match(other, /^manifest 50[23] UNAVAILABLE$/);
      assert.equal(made.hub.arrivals.summary(), {});
    } finally {
      await mirror.close();
    }
  });
});
