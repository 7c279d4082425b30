import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { MeteredUpstream } from '../../../src/domain/upstream/metered-upstream.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { image, randomLayer } from '../../support/oci-image.ts';
import { testSuite } from '../../support/suite.ts';

const REPOSITORY = parseRepositoryName('library/app');
const LAYER = randomLayer(100_000);
const IMAGE = image({ layers: [LAYER] });

testSuite('a metered upstream', (it) => {
  let bytes = 0;
  let upstream: MeteredUpstream;
  let fake: FakeUpstream;
  it.beforeEach(() => {
    bytes = 0;
    fake = new FakeUpstream(new ManualClock());
    fake.push(REPOSITORY, IMAGE, '1.0');
    upstream = new MeteredUpstream(fake, (count) => {
      bytes += count;
    });
  });

  it('tells the bytes of a manifest', async () => {
    await upstream.fetchManifest(REPOSITORY, parseDigest(IMAGE.manifest.digest));
    assert.is(bytes, IMAGE.manifest.bytes.byteLength);
  });

  it('tells those of a blob as they come', async () => {
    const { body, size, offset } = await upstream.fetchBlob(
      REPOSITORY,
      parseDigest(LAYER.digest),
      0,
    );
    assert.equal([size, offset, bytes], [100_000, 0, 0]);
    for await (const piece of body) assert.ok(bytes >= piece.byteLength);
    assert.is(bytes, 100_000);
  });

  it('gives up a download with whoever reads it', async () => {
    const blob = await upstream.fetchBlob(REPOSITORY, parseDigest(LAYER.digest), 0);
    blob.cancel();
    assert.is(fake.downloads.length, 1);
    let failed = false;
    try {
      for await (const _ of blob.body) break;
    } catch {
      failed = true;
    }
    assert.ok(failed);
  });

  it('counts nothing else', async () => {
    await upstream.resolve(REPOSITORY, {
      kind: 'digest',
      digest: parseDigest(IMAGE.manifest.digest),
    });
    await upstream.statBlob(REPOSITORY, parseDigest(LAYER.digest));
    await upstream.listTags(REPOSITORY, { limit: undefined, last: undefined });
    await upstream.listReferrers(REPOSITORY, parseDigest(IMAGE.manifest.digest));
    assert.is(upstream.distrust(parseDigest(LAYER.digest)), false);
    assert.is(upstream.location, fake.location);
    await upstream.probe();
    await upstream.close();
    assert.is(bytes, 0);
  });
});
