import * as assert from 'uvu/assert';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import type { Layer } from '../support/oci-layer.ts';
import { testSuite } from '../support/suite.ts';

const SIZE = 1_000_000;
const REPOSITORY = 'library/ranges';

/** `Range`, then what is to come of it: first and last byte. */
const PARTS: [range: string, first: number, last: number][] = [
  ['bytes=0-0', 0, 0],
  ['bytes=500-1499', 500, 1499],
  ['bytes=999000-', 999_000, SIZE - 1],
  ['bytes=-700', SIZE - 700, SIZE - 1],
  ['bytes=999990-2000000', 999_990, SIZE - 1],
];

for (const storage of ['filesystem', 'inmemory']) {
  testSuite(`Parts of blobs, with ${storage} storage`, (it) => {
    let both: MirroredHub;
    let blob: Layer;
    let url = '';
    let seed = 0;
    it.beforeEach(async () => {
      both ??= await mirroredHub({ env: { REGISTRY_STORAGE: storage } });
      blob = randomLayer(SIZE, ++seed);
      both.hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
      url = `${both.url}/v2/${REPOSITORY}/blobs/${blob.digest}`;
      await both.forgetArrivals();
    });
    it.after(() => both.close());

    async function assertPart(range: string, first: number, last: number): Promise<void> {
      const answer = await fetch(url, { headers: { range } });
      assert.is(answer.status, 206);
      assert.is(answer.headers.get('content-range'), `bytes ${first}-${last}/${SIZE}`);
      assert.is(answer.headers.get('content-length'), String(last - first + 1));
      const part = Buffer.from(await answer.arrayBuffer());
      assert.ok(part.equals(blob.bytes.subarray(first, last + 1)));
    }

    async function assertBeyondEnd(): Promise<void> {
      const answer = await fetch(url, { headers: { range: `bytes=${SIZE}-` } });
      assert.is(answer.status, 416);
      assert.is(answer.headers.get('content-range'), `bytes */${SIZE}`);
      assert.match(await answer.text(), /"code":"RANGE_INVALID"/);
    }

    async function assertWhole(): Promise<void> {
      const answer = await fetch(url);
      assert.is(answer.status, 200);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(blob.bytes));
    }

    it('are cut out of a blob that is here', async () => {
      await assertWhole();
      both.hub.arrivals.clear();
      for (const part of PARTS) await assertPart(...part);
      await assertBeyondEnd();
      assert.equal(both.hub.arrivals.summary(), {});
    });

    for (const [range, first, last] of PARTS) {
      it(`are given of a blob that nobody had wanted yet, which is downloaded once (${range})`, async () => {
        await assertPart(range, first, last);
        await assertWhole();
        assert.is(both.hub.arrivals.count('cdn-get'), 1);
        assert.is(both.hub.arrivals.bytes('cdn-get'), SIZE);
      });
    }

    it('do not lie beyond the end of one that nobody had wanted yet', async () => {
      await assertBeyondEnd();
    });
  });
}
