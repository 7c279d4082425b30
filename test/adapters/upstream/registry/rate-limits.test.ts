import * as assert from 'uvu/assert';
import { TooManyRequests } from '../../../../src/domain/errors.ts';
import type { FaultAction } from '../../../support/hub/faults.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { type HubBed, hubBeds, IMAGE, MULTI } from './hub-bed.ts';
import { ALPINE, digestOf, tag } from './words.ts';

const DIGEST = digestOf(MULTI.manifest);
const LAYER = digestOf(IMAGE.layers[0]);
const MINUTE = 60_000;

function refusal(retryAfter?: string): FaultAction {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { type: 'status', status: 429, body: 'Too Many Requests (HAP429).\n', headers };
}

testSuite('a pull limit', (it) => {
  const bed = hubBeds(it);

  it('is known from HEAD and GET', async () => {
    const { upstream } = await bed({ rateLimit: 7 });
    const remaining = (): unknown => upstream.allowances[0]?.allowance?.remaining;
    assert.equal(upstream.allowances, [{ account: undefined, allowance: undefined }]);
    await upstream.resolve(ALPINE, tag('3.20'));
    const windowMs = 21_600_000;
    assert.equal(upstream.allowances, [
      { account: undefined, allowance: { limit: 7, remaining: 7, windowMs, source: '127.0.0.1' } },
    ]);
    await upstream.fetchManifest(ALPINE, DIGEST);
    assert.is(remaining(), 6);
  });

  it('stops the GETs of manifests, and nothing else, until the wait is over', async () => {
    const { hub, clock, events, upstream } = await bed({ rateLimit: 0 });
    const seconds: unknown[] = [];
    for (const passMs of [0, 20_500, MINUTE - 20_501]) {
      clock.advance(passMs);
      const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
      seconds.push(error.retryAfterSeconds);
      await upstream.resolve(ALPINE, tag('3.20'));
      (await upstream.fetchBlob(ALPINE, LAYER, 0)).cancel();
      await upstream.listTags(ALPINE, { limit: undefined, last: undefined });
    }
    assert.equal(seconds, [60, 40, 1]);
    assert.is(hub.arrivals.count('manifest-get'), 1);
    assert.is(hub.arrivals.count('manifest-head'), 3);
    const { host } = new URL(hub.url);
    assert.equal(events.all, [{ type: 'rate-limited', host, waitMs: MINUTE }]);
  });

  it('is tried again after a minute, then after two, and anew after a pull', async () => {
    const { hub, clock, events, upstream } = await bed({ rateLimit: 0 });
    const gets = async (passMs: number): Promise<number> => {
      clock.advance(passMs);
      await upstream.fetchManifest(ALPINE, DIGEST).catch(() => {});
      return hub.arrivals.count('manifest-get');
    };
    assert.is(await gets(0), 1);
    assert.is(await gets(MINUTE), 2);
    assert.is(await gets(2 * MINUTE - 1), 2);
    hub.settings.rateLimit = 1;
    assert.is(await gets(1), 3);
    assert.is(await gets(0), 4);
    assert.is(await gets(MINUTE), 5);
    assert.equal(
      events.of('rate-limited').map(({ waitMs }) => waitMs / MINUTE),
      [1, 2, 1, 2],
    );
  });

  const waits: [told: (nowMs: number) => string, seconds: number][] = [
    [() => '20', 20],
    [(nowMs) => new Date(nowMs + 90_000).toUTCString(), 90],
    [(nowMs) => String(nowMs / 1000 + 45), 45],
    [() => '0', 1],
    [() => '999999', 3600],
  ];
  for (const [told, seconds] of waits) {
    it(`is waited for as it says: ${told(0)}`, async () => {
      const { hub, clock, upstream } = await bed();
      const action = refusal(told(clock.now()));
      hub.faults.add({ server: 'registry', kind: 'manifest-get', action, times: 1 });
      const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
      assert.is(error.retryAfterSeconds, seconds);
      clock.advance(seconds * 1000 - 1);
      await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
      clock.advance(1);
      await upstream.fetchManifest(ALPINE, DIGEST);
      assert.is(hub.arrivals.count('manifest-get'), 2);
    });
  }

  it('is met once by many at a time, and told once', async () => {
    const { hub, clock, events, upstream } = await bed({ rateLimit: 0 });
    const many = Array.from({ length: 20 }, () =>
      rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests),
    );
    await Promise.all(many);
    assert.is(events.of('rate-limited').length, 1);
    hub.arrivals.clear();
    clock.advance(MINUTE - 1);
    await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
    assert.equal(hub.arrivals.summary(), {});
  });

  it('says what the upstream said, the later ones too', async () => {
    const { hub, upstream } = await bed({ rateLimit: 0 });
    const { host } = new URL(hub.url);
    for (let times = 0; times < 2; times++) {
      const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
      assert.is(error.message, `${host} answers no more requests for now`);
      const { message, ...detail } = error.detail as { message: string };
      assert.equal(detail, { host, status: 429, code: 'TOOMANYREQUESTS' });
      assert.match(message, 'pull rate limit');
    }
  });

  it('that is not told is none', async () => {
    const { upstream } = await bed({ rateLimit: undefined });
    for (let times = 0; times < 5; times++) await upstream.fetchManifest(ALPINE, DIGEST);
    assert.equal(upstream.allowances, [{ account: undefined, allowance: undefined }]);
  });
});

const ABUSES: [what: string, kind: 'manifest-head' | 'blob-get' | 'tags' | 'challenge'][] = [
  ['HEAD', 'manifest-head'],
  ['a blob', 'blob-get'],
  ['a list', 'tags'],
  ['/v2/', 'challenge'],
];

/** Asks for everything once; the failures, by name. */
async function askAll({ upstream }: HubBed): Promise<string[]> {
  const asked = await Promise.allSettled([
    upstream.resolve(ALPINE, tag('3.20')),
    upstream.fetchManifest(ALPINE, DIGEST),
    upstream.fetchBlob(ALPINE, LAYER, 0).then((blob) => blob.cancel()),
    upstream.statBlob(ALPINE, LAYER),
    upstream.listTags(ALPINE, { limit: undefined, last: undefined }),
    upstream.listReferrers(ALPINE, DIGEST),
  ]);
  return asked.flatMap((each) => {
    return each.status === 'fulfilled' ? [] : [(each.reason as Error).name];
  });
}

testSuite('the abuse limit', (it) => {
  const bed = hubBeds(it);

  for (const [what, kind] of ABUSES) {
    it(`that ${what} meets holds for all requests to the registry`, async () => {
      const all = await bed();
      const { hub, clock, events, upstream } = all;
      hub.faults.add({ server: 'registry', kind, action: refusal('90') });
      await upstream.resolve(ALPINE, tag('3.20')).catch(() => {});
      await upstream.fetchBlob(ALPINE, LAYER, 0).catch(() => {});
      await upstream.listTags(ALPINE, { limit: undefined, last: undefined }).catch(() => {});
      assert.is(hub.arrivals.count(kind), 1);
      hub.faults.clear();
      hub.arrivals.clear();
      clock.advance(90_000 - 1);
      assert.equal(
        await askAll(all),
        Array.from({ length: 6 }, () => 'TooManyRequests'),
      );
      const arrived = hub.arrivals.all().map(({ server }) => server);
      assert.not(arrived.includes('registry'));
      clock.advance(1);
      assert.equal(await askAll(all), []);
      const { host } = new URL(hub.url);
      assert.equal(events.all, [{ type: 'rate-limited', host, waitMs: 90_000 }]);
    });
  }

  it('of the CDN holds for the CDN', async () => {
    const { hub, clock, upstream, events } = await bed();
    hub.faults.add({ server: 'cdn', action: refusal() });
    await rejects(upstream.fetchBlob(ALPINE, LAYER, 0), TooManyRequests);
    const error = await rejects(upstream.fetchBlob(ALPINE, LAYER, 0), TooManyRequests);
    assert.is(error.retryAfterSeconds, 60);
    assert.is(hub.arrivals.count('cdn-get'), 1);
    await upstream.fetchManifest(ALPINE, DIGEST);
    hub.faults.clear();
    clock.advance(MINUTE);
    (await upstream.fetchBlob(ALPINE, LAYER, 0)).cancel();
    const { host } = new URL(hub.cdnUrl);
    assert.equal(events.all, [{ type: 'rate-limited', host, waitMs: MINUTE }]);
  });

  it('of the token service leaves the tokens that are here', async () => {
    const { hub, clock, upstream } = await bed();
    await upstream.resolve(ALPINE, tag('3.20'));
    hub.faults.add({ server: 'auth', action: refusal('30') });
    hub.expireTokens();
    await rejects(upstream.resolve(ALPINE, tag('3.20')), TooManyRequests);
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), TooManyRequests);
    assert.is(error.retryAfterSeconds, 30);
    assert.is(hub.arrivals.count('token'), 2);
    hub.faults.clear();
    clock.advance(30_000);
    await upstream.resolve(ALPINE, tag('3.20'));
  });
});
