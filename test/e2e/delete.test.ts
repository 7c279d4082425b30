import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import * as assert from 'uvu/assert';
import { type EmbeddedMirror, embeddedMirror } from '../support/embedded-mirror.ts';
import { basicHeader } from '../support/hub/hub-client.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { pullByTag } from '../support/pulls.ts';
import { SAMPLE_BLOBS, sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const REPOSITORY = 'some/sample';
const IMAGE = sampleImage('deleted');
const URL_OF_TAG = `/v2/${REPOSITORY}/manifests/latest`;

testSuite('DELETE of a manifest', (it) => {
  let hub: HubDouble;
  let mirror: EmbeddedMirror;
  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    hub.push(REPOSITORY, IMAGE, { tags: ['latest'] });
  });
  it.afterEach(async () => {
    await mirror.close();
    await hub.close();
  });

  async function fetchedForPull(): Promise<[manifests: number, blobs: number]> {
    hub.arrivals.clear();
    await pullByTag(mirror.url, REPOSITORY, 'latest');
    return [hub.arrivals.count('manifest-get'), hub.arrivals.count('cdn-get')];
  }

  async function remove(path: string): Promise<number> {
    return (await fetch(`${mirror.url}${path}`, { method: 'DELETE' })).status;
  }

  it('is refused where anybody may ask, whatever storage.delete.enabled says', async () => {
    mirror = await embeddedMirror({
      upstream: hub.url,
      env: { STORAGE_DELETE_ENABLED: 'true' },
    });
    await fetchedForPull();
    assert.is(await remove(URL_OF_TAG), 405);
    assert.equal(await fetchedForPull(), [0, 0]);
  });

  it('is open to clients that say who they are, where storage.delete.enabled is set', async () => {
    const directory = await tempDirectory();
    const passwords = join(directory.path, 'htpasswd');
    await writeFile(passwords, `ann:${hashSync('secret', 4)}\n`);
    const env = { STORAGE_DELETE_ENABLED: 'true', AUTH_HTPASSWD_PATH: passwords };
    mirror = await embeddedMirror({ upstream: hub.url, env });
    const headers = { authorization: basicHeader('ann:secret') };
    assert.is((await fetch(mirror.url + URL_OF_TAG, { headers })).status, 200);
    assert.is(await remove(URL_OF_TAG), 401);
    const removed = await fetch(mirror.url + URL_OF_TAG, { method: 'DELETE', headers });
    assert.is(removed.status, 202);
    await directory.remove();
  });

  it('removes a manifest, which is fetched again on the next pull, or a tag alone', async () => {
    mirror = await embeddedMirror({ upstream: hub.url, http: { mayDelete: true } });
    assert.equal(await fetchedForPull(), [2, SAMPLE_BLOBS]);
    assert.is(await remove(URL_OF_TAG), 202);
    assert.is(await remove(URL_OF_TAG), 404);
    assert.equal(await fetchedForPull(), [0, 0]);
    assert.is(await remove(`/v2/${REPOSITORY}/manifests/${IMAGE.manifest.digest}`), 202);
    assert.is(await remove(`/v2/${REPOSITORY}/manifests/${IMAGE.manifest.digest}`), 404);
    assert.equal(await fetchedForPull(), [2, SAMPLE_BLOBS]);
    const [{ why, level } = {}, ...others] = mirror.events('evicted');
    assert.equal([why, level, others.length], ['deleted', 'info', 0]);
  });
});
