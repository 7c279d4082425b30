import * as assert from 'uvu/assert';
import { builtMirror } from '../support/compiled-mirror.ts';
import { mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { verified } from '../support/pulls.ts';
import { testSuite } from '../support/suite.ts';

const SIZE = 8 * 1024 * 1024;
const CLIENTS = 20;

testSuite('The built mirror', (it) => {
  it('downloads a blob once for twenty clients that want it at the same time', async () => {
    const blob = randomLayer(SIZE);
    const both = await mirroredHub({
      main: builtMirror(),
      fill: (hub) => hub.push('library/large', image({ layers: [blob] }), { tags: ['latest'] }),
    });
    try {
      const download = (): Promise<Uint8Array> =>
        verified(both.url, 'library/large', 'blobs', blob.digest);
      await Promise.all(Array.from({ length: CLIENTS }, download));
      assert.is(both.hub.arrivals.count('cdn-get'), 1);
      assert.is(both.hub.arrivals.bytes('cdn-get'), SIZE);
    } finally {
      await both.close();
    }
  });
});
