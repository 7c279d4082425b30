import * as assert from 'uvu/assert';
import { image, randomLayer } from '../oci-image.ts';
import { testSuite } from '../suite.ts';
import { blobLink } from './hub-client.ts';
import { type HubDouble, startHub } from './hub-double.ts';

const NAME = 'library/alpine';
const LAYER = randomLayer(100_000);

testSuite('Hub double: CDN', (it) => {
  let hub: HubDouble;
  let link: string;
  it.beforeEach(async () => {
    hub = await startHub();
    hub.push(NAME, image({ layers: [LAYER] }), { tags: ['latest'] });
    link = await blobLink(hub, NAME, LAYER.digest);
  });
  it.afterEach(() => hub.close());

  async function get(headers: Record<string, string> = {}, url = link): Promise<Response> {
    const answer = await fetch(url, { headers });
    const body = Buffer.from(await answer.arrayBuffer());
    return new Response(body, { status: answer.status, headers: answer.headers });
  }

  it('serves a signed link from another port, with headers of its own', async () => {
    assert.is(new URL(link).origin, hub.cdnUrl);
    const answer = await get();
    assert.is(answer.status, 200);
    assert.is(Buffer.compare(Buffer.from(await answer.arrayBuffer()), LAYER.bytes), 0);
    assert.is(answer.headers.get('docker-content-digest'), null);
    assert.is(answer.headers.get('accept-ranges'), 'bytes');
    assert.not.match(answer.headers.get('etag') ?? '', LAYER.digest.slice('sha256:'.length));
  });

  it('refuses a request that carries Authorization as well', async () => {
    assert.is((await get({ authorization: 'Bearer x' })).status, 400);
  });

  it('refuses a link that was not signed, or for another blob', async () => {
    assert.is((await get({}, link.replace(/signature=.*/, 'signature=x'))).status, 403);
    const other = LAYER.digest.replace(/.$/, '0').slice('sha256:'.length);
    assert.is((await get({}, link.replace(LAYER.digest.slice(7), other))).status, 403);
  });

  it('refuses a link whose time is over', async () => {
    hub.settings.linkExpiresIn = 0;
    assert.is((await get({}, await blobLink(hub, NAME, LAYER.digest))).status, 403);
    hub.expireLinks();
    assert.is((await get()).status, 403);
  });

  const RANGES: [string, number, string | null, number][] = [
    ['bytes=0-', 206, 'bytes 0-99999/100000', 100_000],
    ['bytes=10-19', 206, 'bytes 10-19/100000', 10],
    ['bytes=99990-200000', 206, 'bytes 99990-99999/100000', 10],
    ['bytes=-5', 206, 'bytes 99995-99999/100000', 5],
    ['bytes=100000-', 416, 'bytes */100000', 0],
    ['bytes=-0', 416, 'bytes */100000', 0],
    ['bytes=5-2', 200, null, 100_000],
    ['bytes=0-1,5-6', 200, null, 100_000],
    ['lines=0-1', 200, null, 100_000],
  ];
  for (const [range, status, contentRange, length] of RANGES) {
    it(`answers ${range} with ${status} and ${length} bytes`, async () => {
      const answer = await get({ range });
      assert.is(answer.status, status);
      assert.is(answer.headers.get('content-range'), contentRange);
      assert.is((await answer.arrayBuffer()).byteLength, length);
    });
  }

  it('keeps to the bytes of the range', async () => {
    const answer = await get({ range: 'bytes=10-19' });
    const expected = LAYER.bytes.subarray(10, 20);
    assert.equal(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(expected));
  });

  it('ignores a range when If-Range names another Etag', async () => {
    const { headers } = await get();
    const etag = headers.get('etag') ?? '';
    assert.is((await get({ range: 'bytes=0-1', 'if-range': '"x"' })).status, 200);
    assert.is((await get({ range: 'bytes=0-1', 'if-range': etag })).status, 206);
  });

  it('sends no faster than the pace, for all connections together', async () => {
    hub.cdn.bytesPerSecond = 1_000_000;
    const begun = performance.now();
    await Promise.all([get(), get()]);
    assert.ok(performance.now() - begun > 180, 'two transfers of 0.1 s each after another');
  });

  it('sends at the pace on each connection when the line is not shared', async () => {
    hub.cdn.bytesPerSecond = 500_000;
    hub.cdn.shared = false;
    const begun = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => get()));
    const elapsed = performance.now() - begun;
    // After another they would take 10 s at least.
    assert.ok(elapsed > 180 && elapsed < 9_000, `fifty transfers of 0.2 s took ${elapsed} ms`);
  });
});
