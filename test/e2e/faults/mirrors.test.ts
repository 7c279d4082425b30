import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import type { Arrival } from '../../support/hub/arrivals.ts';
import type { Fault, FaultAction } from '../../support/hub/faults.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { image, index, randomLayer } from '../../support/oci-image.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { REPOSITORY } from './scene.ts';
import { tryPull } from './try-pull.ts';

const SIZE = 100_000;
const LAYER = randomLayer(SIZE, 77);
const IMAGE = index([{ image: image({ layers: [LAYER] }) }]);
/** A config and a layer. */
const BLOBS = 2;

const REGISTRY: Pick<Fault, 'server'> = { server: 'registry' };
const UNAUTHORISED: FaultAction = { type: 'status', status: 401 };

/** What befalls a mirror at every request, and that a pull does not suffer from it. */
const TROUBLES: readonly (readonly [string, Fault])[] = [
  ['refuses everything', { ...REGISTRY, action: { type: 'status', status: 403 } }],
  ['wants to know who asks', { ...REGISTRY, action: UNAUTHORISED }],
  ['is limited', { ...REGISTRY, action: { type: 'status', status: 429 } }],
  ['fails', { ...REGISTRY, action: { type: 'status', status: 500 } }],
  ['never answers', { ...REGISTRY, action: { type: 'hang' } }],
  ['answers with web pages', { ...REGISTRY, action: { type: 'html' } }],
  ['has manifests with a wrong byte', manifestsAre({ type: 'corrupt', at: 20 })],
  ['has manifests that are too short', manifestsAre({ type: 'shorter', by: 5 })],
  ['has a CDN that fails', { server: 'cdn', action: { type: 'status', status: 500 } }],
];

function isLayer({ reference }: Arrival): boolean {
  return reference === LAYER.digest;
}

function manifestsAre(action: FaultAction): Fault {
  return { ...REGISTRY, kind: 'manifest-get', action };
}

interface Chain {
  origin: HubDouble;
  mirrors: HubDouble[];
  mirror: HubDouble;
  pull: () => Promise<string>;
}

testSuite('With mirrors of the upstream', (it) => {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function hub(): Promise<HubDouble> {
    const started = await startHub({ auth: false });
    closing.push(() => started.close());
    started.push(REPOSITORY, IMAGE, { tags: ['latest'] });
    return started;
  }

  /** An upstream, and `count` mirrors of it, which are asked in turn. */
  async function chain(count = 1, clock?: SwiftClock): Promise<Chain> {
    const origin = await hub();
    const mirrors: HubDouble[] = [];
    while (mirrors.length < count) mirrors.push(await hub());
    const env = Object.fromEntries(mirrors.map(({ url }, at) => [`PROXY_MIRRORS_${at}`, url]));
    const settings = { PROXY_STALLTIMEOUT: '10s', PROXY_TAGS_TIMEOUT: '20s' };
    const all = { ...settings, ...env };
    const embedded = await embeddedMirror({ upstream: origin.url, env: all, clock });
    closing.push(() => embedded.close());
    const [mirror] = mirrors;
    assert.ok(mirror);
    const pull = (): Promise<string> => tryPull(embedded.url, REPOSITORY, 'latest');
    return { origin, mirrors, mirror, pull };
  }

  it('tags are asked of the upstream, and content of the mirror', async () => {
    const { origin, mirror, pull } = await chain();
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('manifest-head'), 1);
    assert.is(origin.arrivals.count('manifest-get') + origin.arrivals.count('blob-get'), 0);
    assert.is(mirror.arrivals.count('manifest-head'), 0);
    assert.is(mirror.arrivals.count('blob-get'), BLOBS);
  });

  it('the first is asked first, the next for what it lacks, and the upstream for the rest', async () => {
    const { origin, mirrors, pull } = await chain(2);
    const [first, second] = mirrors;
    first?.remove(REPOSITORY, LAYER.digest);
    second?.remove(REPOSITORY, LAYER.digest);
    second?.remove(REPOSITORY, IMAGE.manifest.digest);
    assert.is(await pull(), 'whole');
    assert.equal(
      [first, second, origin].map((each) => each?.arrivals.of('cdn-get').length),
      [1, 0, 1],
    );
    assert.is(second?.arrivals.count('manifest-get'), 0);
    assert.is(origin.arrivals.count('manifest-get'), 0);
  });

  it('content comes from the upstream when the mirror is down', async () => {
    const { origin, mirror, pull } = await chain();
    await mirror.down('registry');
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('blob-get'), BLOBS);
  });

  it('content that the mirror does not have comes from the upstream', async () => {
    const { origin, mirror, pull } = await chain();
    mirror.remove(REPOSITORY);
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('blob-get'), BLOBS);
  });

  for (const [trouble, fault] of TROUBLES) {
    it(`a pull does not suffer from one that ${trouble}`, async () => {
      const isWaiting = fault.action.type === 'hang';
      const { mirror, pull } = await chain(1, isWaiting ? new SwiftClock(40) : undefined);
      mirror.faults.add(fault);
      assert.is(await pull(), 'whole');
    });
  }

  it('a blob that one has wrong is asked of the upstream the next time', async () => {
    const { origin, mirror, pull } = await chain();
    mirror.faults.add({
      server: 'cdn',
      match: isLayer,
      action: { type: 'corrupt', at: 10 },
    });
    assert.is(await pull(), 'blob broken');
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.bytes('cdn-get'), SIZE);
  });

  it('a blob of which one has another size is asked of the upstream the next time', async () => {
    const { mirror, pull } = await chain();
    mirror.faults.add({
      server: 'cdn',
      match: isLayer,
      action: { type: 'longer', by: 10 },
    });
    assert.is(await pull(), 'blob 404 UNAVAILABLE');
    assert.is(await pull(), 'whole');
  });

  it('tags are asked of the mirror when the upstream is down', async () => {
    const { origin, mirror, pull } = await chain();
    await origin.down('registry');
    assert.is(await pull(), 'whole');
    assert.ok(mirror.arrivals.count('manifest-head') > 0);
  });

  it('what is here is served, as stale, when all of them are down', async () => {
    const { origin, mirrors, pull } = await chain(2);
    assert.is(await pull(), 'whole');
    for (const each of [origin, ...mirrors]) await each.down('registry');
    assert.is(await pull(), 'whole, stale');
  });

  it('a download that the mirror breaks off goes on at the upstream', async () => {
    const { origin, mirror, pull } = await chain();
    mirror.faults.add({
      server: 'cdn',
      times: 1,
      match: isLayer,
      action: { type: 'cut', after: SIZE / 2 },
    });
    mirror.faults.add({
      server: 'registry',
      kind: 'blob-get',
      match: (arrival) => isLayer(arrival) && arrival.range !== undefined,
      action: { type: 'status', status: 404 },
    });
    assert.is(await pull(), 'whole');
    const [rest] = origin.arrivals.of('cdn-get');
    assert.is(rest?.range, `bytes=${SIZE / 2}-`);
    assert.is(rest?.bytesSent, SIZE / 2);
  });
});
