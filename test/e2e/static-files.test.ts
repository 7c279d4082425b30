import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type MirrorProcess, startMirror } from '../support/mirror-process.ts';
import { writeLayout } from '../support/oci-layout.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

testSuite('A mirror of a directory of image layouts', (it) => {
  const sample = sampleImage('from files');
  let directory: TempDirectory;
  let layout = '';
  let mirror: MirrorProcess;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    layout = join(directory.path, 'files/library/sample');
    await writeLayout(layout, [{ content: sample, refName: '1.0' }]);
    const upstream = `file://${join(directory.path, 'files')}`;
    mirror = await startMirror({ directory: directory.path, upstream });
  });
  it.afterEach(async () => {
    await mirror.stop();
    await directory.remove();
  });

  it('serves them in both ways of pulling', async () => {
    const { digest } = sample.manifest;
    assert.is((await pullByDigest(mirror.url, 'library/sample', '1.0')).digest, digest);
    assert.is((await pullByTag(mirror.url, 'library/sample', '1.0')).digest, digest);
  });

  it('sees what was written since', async () => {
    await pullByDigest(mirror.url, 'library/sample', '1.0');
    const newer = sampleImage('newer');
    await writeLayout(layout, [{ content: newer, refName: '1.0' }]);
    const pulled = await pullByDigest(mirror.url, 'library/sample', '1.0');
    assert.is(pulled.digest, newer.manifest.digest);
  });

  it('lists the tags', async () => {
    const answer = await fetch(`${mirror.url}/v2/library/sample/tags/list`);
    assert.equal(await answer.json(), { name: 'library/sample', tags: ['1.0'] });
  });

  it('has nothing else', async () => {
    for (const path of ['library/sample/manifests/2.0', 'library/other/manifests/1.0']) {
      assert.is((await fetch(`${mirror.url}/v2/${path}`)).status, 404);
    }
  });
});
