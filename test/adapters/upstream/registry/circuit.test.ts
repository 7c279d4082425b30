import * as assert from 'uvu/assert';
import {
  UpstreamBadAnswer,
  UpstreamFailure,
  UpstreamPaused,
  UpstreamTimeout,
} from '../../../../src/domain/errors.ts';
import type { Upstream } from '../../../../src/domain/ports/upstream.ts';
import type { Fault } from '../../../support/hub/faults.ts';
import { type DefineTest, rejects, testSuite } from '../../../support/suite.ts';
import { type HubBed, hubBeds, IMAGE, MULTI } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, digestOf, repository, tag } from './words.ts';

const DIGEST = digestOf(MULTI.manifest);
const LAYER = digestOf(IMAGE.layers[0]);

/** With the bed's random number the first probe comes after this time, the next after twice that. */
const FIRST_PROBE_MS = 1_875;

type Ask = (upstream: Upstream) => Promise<unknown>;
const HEAD: Ask = (upstream) => upstream.resolve(ALPINE, tag('3.20'));
const GET: Ask = (upstream) => upstream.fetchManifest(ALPINE, DIGEST);
const BLOB: Ask = async (upstream) => (await upstream.fetchBlob(ALPINE, LAYER, 0)).cancel();

async function failTimes(count: number, upstream: Upstream, ask: Ask): Promise<void> {
  for (let times = 0; times < count; times++) {
    const error = await rejects(ask(upstream), UpstreamFailure);
    assert.not.instance(error, UpstreamPaused);
  }
}

/** Waits for what goes on outside of this clock: a probe over a real connection. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A bed whose upstream counts how often a probe was set off for later. */
interface ProbedBed extends HubBed {
  readonly probes: { scheduled: number };
}

function probedBeds(it: DefineTest): () => Promise<ProbedBed> {
  const beds = hubBeds(it);
  return async () => {
    const made = await beds();
    const probes = { scheduled: 0 };
    const random = (): number => {
      probes.scheduled++;
      return 0.5;
    };
    return { ...made, probes, upstream: made.open({ random }) };
  };
}

/** Lets time pass, and the probe that is due end. */
async function probe({ clock, events, probes }: ProbedBed, ms: number): Promise<void> {
  const ended = (): number => probes.scheduled + events.of('upstream-resumed').length;
  const before = ended();
  clock.advance(ms);
  await until(() => ended() > before);
}

const NONSENSE: Fault['action'][] = [
  { type: 'reset' },
  { type: 'bare-lf' },
  { type: 'status', status: 500 },
  { type: 'status', status: 503, body: '<h1>No</h1>', headers: { 'content-type': 'text/html' } },
  { type: 'html' },
];

testSuite('the circuit of a registry', (it) => {
  const bed = probedBeds(it);
  const serve = scriptedServers(it);

  for (const action of NONSENSE) {
    it(`opens after five failures in a row: ${action.type}`, async () => {
      const all = await bed();
      const { hub, events, upstream } = all;
      await HEAD(upstream);
      hub.faults.add({ server: 'registry', action });
      await failTimes(5, upstream, HEAD);
      hub.arrivals.clear();
      for (const ask of [HEAD, GET, BLOB]) await rejects(ask(upstream), UpstreamPaused);
      assert.equal(hub.arrivals.summary(), {});
      const [{ cause, ...event } = { cause: undefined }] = events.of('upstream-paused');
      assert.equal(event, { type: 'upstream-paused', host: new URL(hub.url).host, failures: 5 });
      assert.instance(cause, UpstreamFailure);
      assert.is(events.all.length, 1);
    });
  }

  it('says how long the next probe is away, and what was wrong', async () => {
    const { hub, clock, upstream } = await bed();
    hub.faults.add({ server: 'registry', action: { type: 'status', status: 502 } });
    await failTimes(5, upstream, HEAD);
    const error = await rejects(HEAD(upstream), UpstreamPaused);
    const { host } = new URL(hub.url);
    assert.is(error.retryAfterSeconds, 2);
    assert.is(error.message, `${host} keeps failing and is not asked until it answers a probe`);
    assert.equal(error.detail, { host, status: 502 });
    assert.is((error.cause as Error).message, `${host} answered with status 502`);
    clock.advance(1_000);
    assert.is((await rejects(HEAD(upstream), UpstreamPaused)).retryAfterSeconds, 1);
  });

  it('closes with the first probe that is answered', async () => {
    const all = await bed();
    const { hub, clock, events, upstream } = all;
    await HEAD(upstream);
    await hub.down('registry');
    await failTimes(5, upstream, HEAD);
    await hub.up('registry');
    hub.arrivals.clear();
    clock.advance(FIRST_PROBE_MS - 1);
    await rejects(HEAD(upstream), UpstreamPaused);
    await probe(all, 1);
    const [arrival] = hub.arrivals.all();
    assert.equal([arrival?.method, arrival?.path], ['GET', '/v2/']);
    assert.is(arrival?.headers.authorization, undefined);
    const { host } = new URL(hub.url);
    const resumed = { type: 'upstream-resumed', host, pausedMs: FIRST_PROBE_MS };
    assert.equal(events.of('upstream-resumed'), [resumed]);
    await HEAD(upstream);
    assert.is(clock.pending, 0);
  });

  it('is probed less and less often while it fails', async () => {
    const all = await bed();
    const { hub, events, upstream } = all;
    hub.faults.add({ server: 'registry', action: { type: 'status', status: 503 } });
    await failTimes(5, upstream, HEAD);
    hub.arrivals.clear();
    for (let wait = FIRST_PROBE_MS, probes = 1; probes <= 6; probes++) {
      await probe(all, Math.min(wait, 22_500));
      assert.is(hub.arrivals.all().length, probes);
      wait *= 2;
    }
    assert.is(events.all.length, 1);
    hub.faults.clear();
    await probe(all, 22_500);
    await HEAD(upstream);
  });

  it('is not closed by a probe that hangs', async () => {
    const all = await bed();
    const { hub, clock, probes, upstream } = all;
    await HEAD(upstream);
    hub.faults.add({ server: 'registry', action: { type: 'status', status: 500 } });
    await failTimes(5, upstream, HEAD);
    hub.faults.clear();
    hub.faults.add({ server: 'registry', action: { type: 'hang' } });
    hub.arrivals.clear();
    clock.advance(FIRST_PROBE_MS);
    await hub.arrivals.reached('challenge');
    await rejects(HEAD(upstream), UpstreamPaused);
    hub.faults.clear();
    clock.advance(10_000);
    await until(() => probes.scheduled === 2);
    await rejects(HEAD(upstream), UpstreamPaused);
    await probe(all, 2 * FIRST_PROBE_MS);
    await HEAD(upstream);
  });

  it('is not closed by a web page', async () => {
    const all = await bed();
    const { hub, events, upstream } = all;
    hub.faults.add({ server: 'registry', action: { type: 'html' } });
    await failTimes(5, upstream, HEAD);
    await probe(all, FIRST_PROBE_MS);
    assert.equal(events.of('upstream-resumed'), []);
  });

  it('stays closed while some requests succeed', async () => {
    const { hub, events, upstream } = await bed();
    const action = { type: 'status', status: 500 } as const;
    hub.faults.add({ server: 'registry', kind: 'manifest-get', action });
    for (let times = 0; times < 3; times++) {
      await failTimes(4, upstream, GET);
      await HEAD(upstream);
    }
    assert.equal(events.all, []);
  });

  it('stays closed for what is an answer: 404, 401, 403, 429', async () => {
    const { hub, events, upstream } = await bed();
    for (const status of [404, 403, 401]) {
      const action = { type: 'status', status } as const;
      const heal = hub.faults.add({ server: 'registry', kind: 'manifest-head', action });
      for (let times = 0; times < 6; times++) await rejects(HEAD(upstream), Error);
      heal();
    }
    await HEAD(upstream);
    assert.equal(events.all, []);
  });

  it('opens for a registry that hangs, though not for callers without patience', async () => {
    const { hub, clock, events, upstream } = await bed();
    await HEAD(upstream);
    hub.faults.add({ server: 'registry', action: { type: 'hang' } });
    const hang = async (ms: number): Promise<void> => {
      hub.arrivals.clear();
      const failing = rejects(upstream.resolve(ALPINE, tag('3.20'), ms), UpstreamTimeout);
      await hub.arrivals.reached('manifest-head');
      clock.advance(ms);
      await failing;
    };
    for (let times = 0; times < 6; times++) await hang(900);
    assert.equal(events.all, []);
    for (let times = 0; times < 5; times++) await hang(3_000);
    await rejects(HEAD(upstream), UpstreamPaused);
  });

  it('does not open for downloads that were cancelled', async () => {
    const { hub, events, upstream } = await bed();
    for (let times = 0; times < 8; times++) await BLOB(upstream);
    assert.is(hub.arrivals.count('cdn-get'), 8);
    assert.equal(events.all, []);
  });

  it('opens for a manifest that breaks off each time', async () => {
    const { hub, upstream } = await bed();
    const action = { type: 'cut', after: 10 } as const;
    hub.faults.add({ server: 'registry', kind: 'manifest-get', action });
    await failTimes(5, upstream, GET);
    await rejects(GET(upstream), UpstreamPaused);
  });

  it('is left alone when the upstream is closed', async () => {
    const { hub, clock, upstream } = await bed();
    await hub.down('registry');
    await failTimes(5, upstream, HEAD);
    assert.is(clock.pending, 1);
    await upstream.close();
    assert.is(clock.pending, 0);
    for (let times = 0; times < 6; times++) await rejects(HEAD(upstream), UpstreamFailure);
    assert.is(clock.pending, 0);
  });

  it('is closed by a 401 with a web page, as gateways send it', async () => {
    const { open, clock, events } = await bed();
    let isDown = true;
    const page = { 'content-type': 'text/html', 'www-authenticate': 'Basic realm="r"' };
    const { url } = await serve((_, response) => {
      response.writeHead(isDown ? 502 : 401, page).end('<h1>Authorization Required</h1>');
    });
    const upstream = open({ url });
    await failTimes(5, upstream, HEAD);
    isDown = false;
    clock.advance(FIRST_PROBE_MS);
    await until(() => events.of('upstream-resumed').length === 1);
  });
});

testSuite('the circuits of an upstream', (it) => {
  const bed = probedBeds(it);

  it('are one for each host: a CDN that is down leaves tags and manifests alone', async () => {
    const all = await bed();
    const { hub, events, upstream } = all;
    await hub.down('cdn');
    await failTimes(5, upstream, BLOB);
    await rejects(BLOB(upstream), UpstreamPaused);
    await HEAD(upstream);
    await GET(upstream);
    assert.is(events.of('upstream-paused')[0]?.host, new URL(hub.cdnUrl).host);
    await hub.up('cdn');
    hub.arrivals.clear();
    await probe(all, FIRST_PROBE_MS);
    const [arrival] = hub.arrivals.all();
    assert.equal([arrival?.server, arrival?.method, arrival?.path], ['cdn', 'HEAD', '/']);
    await BLOB(upstream);
  });

  it('are one for each host: a token service that is down leaves tokens alone', async () => {
    const { hub, upstream } = await bed();
    await HEAD(upstream);
    await hub.down('auth');
    await failTimes(5, upstream, (each) => each.resolve(repository('library/a'), tag('1')));
    const other = upstream.resolve(repository('library/b'), tag('1'));
    const { message } = await rejects(other, UpstreamPaused);
    assert.match(message, new URL(hub.authUrl).host);
    await HEAD(upstream);
  });

  for (const type of ['bad-json', 'html', 'bare-lf', 'encoding'] as const) {
    it(`open for a token service that talks nonsense: ${type}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'auth', action: { type } });
      for (let times = 0; times < 5; times++) await rejects(HEAD(upstream), UpstreamBadAnswer);
      await rejects(HEAD(upstream), UpstreamPaused);
      assert.is(hub.arrivals.count('token'), 5);
    });
  }

  it('open for a CDN that sends web pages, and for one that sends other parts', async () => {
    for (const action of [
      { type: 'html' },
      { type: 'headers', headers: { 'content-range': 'bytes 0-1/2' } },
    ] as const) {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'cdn', action });
      const ask: Ask = (each) => each.fetchBlob(ALPINE, LAYER, 5);
      await failTimes(5, upstream, ask);
      await rejects(ask(upstream), UpstreamPaused);
    }
  });
});
