import * as assert from 'uvu/assert';
import { MEDIA_TYPES } from '../oci-content.ts';
import { image, index, layer } from '../oci-image.ts';
import { rejects, testSuite } from '../suite.ts';
import { ask, blobLink } from './hub-client.ts';
import { type HubDouble, type HubOptions, startHub } from './hub-double.ts';

const NAME = 'library/alpine';
const MANIFEST = `/v2/${NAME}/manifests`;
const amd64 = image({ layers: [layer({ a: 'A' })] });
const multi = index([{ image: amd64 }, { image: image({ architecture: 'arm64' }) }]);
const LAYER = amd64.layers[0]?.digest ?? '';
const BLOB = `/v2/${NAME}/blobs/${LAYER}`;
const ABSENT = `sha256:${'0'.repeat(64)}`;
const INDEX = { accept: MEDIA_TYPES.oci.index };

async function filledHub(options?: HubOptions): Promise<HubDouble> {
  const hub = await startHub(options);
  hub.push(NAME, multi, { tags: ['3.20', 'latest'] });
  hub.push(NAME, amd64, { tags: ['3.19'] });
  return hub;
}

testSuite('Hub double: content', (it) => {
  let hub: HubDouble;
  it.beforeEach(async () => {
    hub = await filledHub({ auth: false });
  });
  it.afterEach(() => hub.close());

  async function status(path: string): Promise<number> {
    return (await ask(hub, path, INDEX, 'HEAD')).status;
  }

  it('moves a tag', async () => {
    hub.tag(NAME, 'latest', amd64.manifest.digest);
    const answer = await ask(hub, `${MANIFEST}/latest`, INDEX, 'HEAD');
    assert.is(answer.headers.get('docker-content-digest'), amd64.manifest.digest);
  });

  it('removes a tag and keeps the manifest', async () => {
    hub.untag(NAME, 'latest');
    assert.is(await status(`${MANIFEST}/latest`), 404);
    assert.is(await status(`${MANIFEST}/${multi.manifest.digest}`), 200);
  });

  it('removes a manifest with its tags, or a blob', async () => {
    hub.remove(NAME, multi.manifest.digest);
    assert.is(await status(`${MANIFEST}/latest`), 404);
    assert.is(await status(`${MANIFEST}/3.19`), 200);
    hub.remove(NAME, LAYER);
    assert.is(await status(BLOB), 404);
  });

  it('removes a repository', async () => {
    hub.remove(NAME);
    assert.is(await status(`${MANIFEST}/3.19`), 404);
  });

  it('has no tag for a manifest that was not pushed', () => {
    assert.throws(() => hub.tag(NAME, 'x', ABSENT), /has no manifest/);
  });
});

testSuite('Hub double: arrivals', (it) => {
  let hub: HubDouble;
  it.beforeEach(async () => {
    hub = await filledHub();
  });
  it.afterEach(() => hub.close());

  it('counts by kind, a request without token as a challenge', async () => {
    await ask(hub, `${MANIFEST}/latest`);
    await fetch(await blobLink(hub, NAME, LAYER), { headers: { range: 'bytes=2-4' } });
    assert.equal(hub.arrivals.summary(), { challenge: 1, token: 1, 'blob-get': 1, 'cdn-get': 1 });
    assert.is(hub.arrivals.bytes('cdn-get'), 3);
  });

  it('remembers repository, reference, range and status', async () => {
    await fetch(await blobLink(hub, NAME, LAYER), { headers: { range: 'bytes=2-4' } });
    const [blob] = hub.arrivals.of('blob-get');
    assert.equal([blob?.repository, blob?.reference, blob?.status], [NAME, LAYER, 307]);
    const [cdn] = hub.arrivals.of('cdn-get');
    assert.equal([cdn?.reference, cdn?.range, cdn?.status], [LAYER, 'bytes=2-4', 206]);
  });

  it('forgets when cleared', async () => {
    await ask(hub, '/v2/');
    hub.arrivals.clear();
    assert.equal(hub.arrivals.summary(), {});
  });

  it('tells a waiting test when enough requests have arrived', async () => {
    const reached = hub.arrivals.reached('challenge', 2);
    await Promise.all([ask(hub, '/v2/'), ask(hub, '/v2/')]);
    await reached;
    assert.is(hub.arrivals.count('challenge'), 2);
  });
});

testSuite('Hub double: going down', (it) => {
  let hub: HubDouble;
  it.beforeEach(async () => {
    hub = await filledHub();
  });
  it.afterEach(() => hub.close());

  it('refuses connections, and comes back on the same port', async () => {
    const { url } = hub;
    await ask(hub, '/v2/');
    await hub.down('registry');
    await rejects(ask(hub, '/v2/'), TypeError);
    await hub.up('registry');
    assert.is(hub.url, url);
    assert.is((await ask(hub, '/v2/')).status, 401);
  });

  it('breaks a transfer that is under way', async () => {
    hub.faults.add({ server: 'cdn', action: { type: 'stall', after: 4 } });
    const answer = await fetch(await blobLink(hub, NAME, LAYER));
    const body = rejects(answer.arrayBuffer(), TypeError);
    await hub.down('cdn');
    await body;
  });
});
