import * as assert from 'uvu/assert';
import { sha256 } from '../support/bytes.ts';
import { type EmbeddedMirror, embeddedMirror } from '../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { testSuite } from '../support/suite.ts';

const MIB = 1024 * 1024;
const SIZE = 72 * MIB;
const REPOSITORY = 'library/large';
const LAYER = randomLayer(SIZE);

testSuite('A large layer with proxy.parallel', (it) => {
  let hub: HubDouble;
  let mirror: EmbeddedMirror;
  it.beforeEach(async () => {
    hub = await startHub();
    hub.push(REPOSITORY, image({ layers: [LAYER] }), { tags: ['latest'] });
    hub.cdn.shared = false;
    hub.cdn.bytesPerSecond = 64 * MIB;
    mirror = await embeddedMirror({ upstream: hub.url, env: { PROXY_PARALLEL: '4' } });
  });
  it.afterEach(async () => {
    await mirror.close();
    await hub.close();
  });

  /** As clients do: the manifest first, which tells the layer's size. */
  async function pull(): Promise<string> {
    const base = `${mirror.url}/v2/${REPOSITORY}`;
    await (await fetch(`${base}/manifests/latest`)).arrayBuffer();
    const answer = await fetch(`${base}/blobs/${LAYER.digest}`);
    return sha256(new Uint8Array(await answer.arrayBuffer()));
  }

  it('comes in parts, each byte once', async () => {
    assert.is(await pull(), LAYER.digest);
    const arrivals = hub.arrivals.of('cdn-get');
    const ranges = arrivals.map(({ range }) => /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []);
    const parts = ranges.map(([, first, last]) => [Number(first), Number(last || SIZE - 1)]);
    parts.sort(([left = 0], [right = 0]) => left - right);
    assert.equal(
      parts,
      [0, 16, 32, 48, 64].map((at) => [at * MIB, Math.min((at + 16) * MIB, SIZE) - 1]),
    );
    assert.is(hub.arrivals.bytes('cdn-get'), SIZE);
    assert.is(await pull(), LAYER.digest);
    assert.is(hub.arrivals.count('cdn-get'), 5);
  });

  it('goes on with a part that breaks, from its last byte', async () => {
    hub.faults.add({
      server: 'cdn',
      match: ({ range }) => range?.startsWith(`bytes=${32 * MIB}-`) === true,
      action: { type: 'cut', after: 5 * MIB },
      times: 1,
    });
    assert.is(await pull(), LAYER.digest);
    assert.is(hub.arrivals.count('cdn-get'), 6);
    assert.is(mirror.events('transfer-resumed').length, 1);
  });

  it('comes as one from an upstream without ranges', async () => {
    hub.faults.add({ server: 'cdn', kind: 'cdn-get', action: { type: 'ignore-range' } });
    assert.is(await pull(), LAYER.digest);
    assert.is(hub.arrivals.count('cdn-get'), 1);
    assert.is(hub.arrivals.bytes('cdn-get'), SIZE);
  });
});
