import * as assert from 'uvu/assert';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { type Pulled, pullByDigest, pullByTag } from '../support/pulls.ts';
import { SAMPLE_BLOBS, sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const MANIFESTS = { 'manifest-head': 1, 'manifest-get': 2 };
/** Each by way of the CDN. */
const BLOBS = { 'blob-get': SAMPLE_BLOBS, 'cdn-get': SAMPLE_BLOBS };

/** The two orders in which clients ask. */
const PULLS: [string, (url: string, repository: string, tag: string) => Promise<Pulled>][] = [
  ['HEAD of the tag, then everything by digest', pullByDigest],
  ['GET of the tag', pullByTag],
];

for (const storage of ['filesystem', 'inmemory']) {
  testSuite(`What a pull costs, with ${storage} storage`, (it) => {
    let both: MirroredHub | undefined;
    let repository = '';
    let number = 0;

    async function start(): Promise<MirroredHub> {
      both ??= await mirroredHub({ env: { REGISTRY_STORAGE: storage } });
      repository = `library/sample${++number}`;
      both.hub.push(repository, sampleImage(repository), { tags: ['latest', '1.0'] });
      await both.forgetArrivals();
      return both;
    }
    it.after(() => both?.close());

    it('costs one request for a token service to be known, which is at the start', async () => {
      both = await mirroredHub({ env: { REGISTRY_STORAGE: storage } });
      await both.hub.arrivals.reached('challenge');
      const { hub, url } = both;
      for (const name of ['library/one', 'library/two']) {
        hub.push(name, sampleImage(name), { tags: ['latest'] });
        await pullByDigest(url, name, 'latest');
      }
      const { challenge, token } = hub.arrivals.summary();
      assert.equal({ challenge, token }, { challenge: 1, token: 2 });
    });

    for (const [how, pull] of PULLS) {
      it(`asks for all of an image once at the first pull, for the tag only at the second (${how})`, async () => {
        const { hub, url } = await start();
        await pull(url, repository, 'latest');
        assert.equal(hub.arrivals.summary(), { token: 1, ...MANIFESTS, ...BLOBS });
        hub.arrivals.clear();
        await pull(url, repository, 'latest');
        assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
      });

      it(`sees at the next pull that the tag moved (${how})`, async () => {
        const { hub, url } = await start();
        await pull(url, repository, 'latest');
        const digest = hub.push(repository, sampleImage(`newer ${how}`), { tags: ['latest'] });
        hub.arrivals.clear();
        assert.is((await pull(url, repository, 'latest')).digest, digest);
        assert.equal(hub.arrivals.summary(), { ...MANIFESTS, ...BLOBS });
      });
    }

    it('fetches each blob of the one platform, and none of another', async () => {
      const { hub, url } = await start();
      const { blobs } = await pullByDigest(url, repository, 'latest');
      const sent = hub.arrivals.of('cdn-get').map(({ reference }) => reference);
      assert.is(sent.length, blobs.length);
      assert.equal(new Set(sent), new Set(blobs));
    });

    it('serves one way of pulling what another brought', async () => {
      const { hub, url } = await start();
      await pullByTag(url, repository, 'latest');
      hub.arrivals.clear();
      await pullByDigest(url, repository, 'latest');
      assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
    });

    it('takes a second tag of the same image for one HEAD', async () => {
      const { hub, url } = await start();
      await pullByDigest(url, repository, 'latest');
      hub.arrivals.clear();
      await pullByDigest(url, repository, '1.0');
      assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
    });

    it('does not download again what another repository brought', async () => {
      const { hub, url } = await start();
      hub.push('library/copy', sampleImage(repository), { tags: ['latest'] });
      await pullByDigest(url, repository, 'latest');
      hub.arrivals.clear();
      await pullByDigest(url, 'library/copy', 'latest');
      assert.is(hub.arrivals.count('manifest-head'), 1);
      assert.is(hub.arrivals.count('blob-get'), 0);
      assert.is(hub.arrivals.count('cdn-get'), 0);
    });

    it('fetches the image again for a client that asks while the first still does, once', async () => {
      const { hub, url } = await start();
      const pulls = Array.from({ length: 5 }, () => pullByDigest(url, repository, 'latest'));
      await Promise.all(pulls);
      const { 'manifest-head': heads = 0, ...others } = hub.arrivals.summary();
      assert.equal(others, { token: 1, 'manifest-get': 2, ...BLOBS });
      assert.ok(heads <= pulls.length);
    });
  });
}
