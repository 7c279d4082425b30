import * as assert from 'uvu/assert';
import { UpstreamFailure } from '../../../src/domain/errors.ts';
import { OfflineUpstream } from '../../../src/domain/upstream/offline-upstream.ts';
import { rejects, testSuite } from '../../support/suite.ts';

testSuite('an upstream that must not be contacted', (it) => {
  it('answers nothing, which is what a copy may be served in place of', async () => {
    const offline = new OfflineUpstream('https://registry-1.docker.io');
    const answers = [
      offline.resolve(),
      offline.fetchManifest(),
      offline.fetchBlob(),
      offline.statBlob(),
      offline.listTags(),
      offline.listReferrers(),
    ];
    for (const answer of answers) await rejects(answer, UpstreamFailure);
    await offline.close();
  });

  it('says where it would be', () => {
    assert.match(new OfflineUpstream('https://a.example').location, 'https://a.example');
  });
});
