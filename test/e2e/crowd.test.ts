import * as assert from 'uvu/assert';
import { type Download, download } from '../support/download.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import type { Layer } from '../support/oci-layer.ts';
import { testSuite } from '../support/suite.ts';

const MIB = 1024 * 1024;
const SIZE = 32 * MIB;
const CLIENTS = 20;
/** Slow enough for the others to come while the first is being served. */
const RATE = 48 * MIB;
const REPOSITORY = 'library/large';

for (const storage of ['filesystem', 'inmemory']) {
  testSuite(`A crowd that wants one cold blob, with ${storage} storage`, (it) => {
    let both: MirroredHub;
    let url = '';
    let blob: Layer;
    let seed = 0;
    it.beforeEach(async () => {
      both ??= await mirroredHub({ env: { REGISTRY_STORAGE: storage } });
      blob = randomLayer(SIZE, ++seed);
      both.hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
      url = `${both.url}/v2/${REPOSITORY}/blobs/${blob.digest}`;
      both.hub.arrivals.clear();
      both.hub.cdn.bytesPerSecond = undefined;
    });
    it.after(() => both.close());

    function assertOneDownload(): void {
      const { arrivals } = both.hub;
      assert.is(arrivals.count('blob-get'), 1);
      assert.is(arrivals.count('cdn-get'), 1);
      assert.is(arrivals.bytes('cdn-get'), SIZE);
    }

    async function assertRight(clients: Download[]): Promise<void> {
      for (const client of clients) assert.is(await client.digest(), blob.digest);
    }

    it('is served by one download when all come at once', async () => {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => download(url)));
      await assertRight(clients);
      assertOneDownload();
    });

    it('is served by one download when they come one after another, whatever one of them does', async () => {
      both.hub.cdn.bytesPerSecond = RATE;
      const first = await download(url);
      const slow = await download(url);
      slow.pause();
      const leaving = await download(url);
      const others: Download[] = [];
      for (let at = 3; at < CLIENTS; at++) {
        await first.reached((at / CLIENTS) * SIZE);
        others.push(await download(url));
        if (at === CLIENTS / 2) leaving.leave();
      }
      await assertRight([first, ...others]);
      slow.resume();
      await assertRight([slow]);
      assertOneDownload();
    });

    it('goes on when the one who came first leaves', async () => {
      both.hub.cdn.bytesPerSecond = RATE;
      const first = await download(url);
      const second = await download(url);
      await first.reached(MIB);
      first.leave();
      await assertRight([second]);
      assertOneDownload();
    });

    it('gets its parts of it from the one download, too', async () => {
      both.hub.cdn.bytesPerSecond = RATE;
      const whole = await download(url);
      await whole.reached(MIB);
      const part = await download(url, { range: `bytes=${SIZE - 100}-` });
      assert.is(part.status, 206);
      await part.reached(100);
      await assertRight([whole]);
      assertOneDownload();
    });
  });
}
