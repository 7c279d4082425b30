import * as assert from 'uvu/assert';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import type { Layer } from '../support/oci-layer.ts';
import { verified } from '../support/pulls.ts';
import { testSuite } from '../support/suite.ts';

const SIZE = 4 * 1024 * 1024;
const HALF = SIZE / 2;
const REPOSITORY = 'library/large';

for (const storage of ['filesystem', 'inmemory']) {
  testSuite(`A download from the Hub that goes wrong, with ${storage} storage`, (it) => {
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
      both.hub.faults.clear();
    });
    it.after(() => both.close());

    it('goes on where it broke off, and the client does not see it', async () => {
      both.hub.faults.add({ server: 'cdn', times: 1, action: { type: 'cut', after: HALF } });
      assert.is(await (await download(url)).digest(), blob.digest);
      const ranges = both.hub.arrivals.of('cdn-get').map(({ range }) => range);
      assert.equal(ranges, [undefined, `bytes=${HALF}-`]);
      assert.is(both.hub.arrivals.bytes('cdn-get'), SIZE);
    });

    it('is never complete for the client if a byte is wrong, and not kept', async () => {
      both.hub.faults.add({ server: 'cdn', action: { type: 'corrupt', at: HALF } });
      const client = await download(url);
      assert.match(await client.digest().catch(String), /broke off/);
      assert.ok(client.bytes < SIZE);
      both.hub.faults.clear();
      await verified(both.url, REPOSITORY, 'blobs', blob.digest);
    });

    it('is not here, and not an end of the mirror, if the CDN is down', async () => {
      await both.hub.down('cdn');
      const { status } = await download(url);
      assert.ok(status !== undefined && status >= 500, `status ${status}`);
      await both.hub.up('cdn');
      await recovered(() => verified(both.url, REPOSITORY, 'blobs', blob.digest));
    });
  });
}

/** A host that failed often is given a rest first, so it may take some tries. */
async function recovered(pull: () => Promise<unknown>): Promise<void> {
  const isBack = (): Promise<boolean> =>
    pull().then(
      () => true,
      () => false,
    );
  await eventually(isBack, 'it is pulled again');
}

testSuite('A mirror that is killed in the middle of a download', (it) => {
  it('starts again, and serves the blob whole', async () => {
    const both = await mirroredHub();
    const blob = randomLayer(SIZE);
    try {
      both.hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
      const forget = both.hub.faults.add({
        server: 'cdn',
        action: { type: 'stall', after: HALF },
      });
      const client = await download(`${both.url}/v2/${REPOSITORY}/blobs/${blob.digest}`);
      await client.reached(1);
      both.mirror.program.kill();
      await both.mirror.program.ended;
      forget();
      await both.start();
      await verified(both.url, REPOSITORY, 'blobs', blob.digest);
      both.hub.arrivals.clear();
      await verified(both.url, REPOSITORY, 'blobs', blob.digest);
      assert.is(both.hub.arrivals.count('cdn-get'), 0);
    } finally {
      await both.close();
    }
  });
});
