import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { unmountBelow } from '../support/clients/mounts.ts';
import { builtMirror } from '../support/compiled-mirror.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { type MirrorProcess, startMirror } from '../support/mirror-process.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { run } from '../support/program.ts';
import { pullByDigest } from '../support/pulls.ts';
import { RegistryStore } from '../support/registry-store.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const MIB = 1024 * 1024;
const LARGE = image({ layers: [randomLayer(12 * MIB)] });
const [LAYER = LARGE.config] = LARGE.layers;

testSuite('A mirror whose disk is full', (it) => {
  let directory: TempDirectory;
  let hub: HubDouble;
  let mirror: MirrorProcess;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    const storage = join(directory.path, 'storage');
    await mkdir(storage);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', storage]);
    hub = await startHub();
    hub.push('library/large', LARGE, { tags: ['latest'] });
    mirror = await startMirror({
      directory: directory.path,
      upstream: hub.url,
      main: builtMirror(),
    });
  });
  it.afterEach(async () => {
    await mirror.stop();
    await hub.close();
    unmountBelow(directory.path);
    await directory.remove();
  });

  it('serves all the same, and stores again once there is room', async () => {
    const storage = join(directory.path, 'storage');
    const store = new RegistryStore(storage);
    await pullByDigest(mirror.url, 'library/large', 'latest');
    await mirror.logged('could not be stored; clients get it all the same');
    assert.match(mirror.output, /no space left on the disk \(ENOSPC\)/);
    await store.check();
    store.mustNotHave(LAYER.digest);
    await run('mount', ['-o', 'remount,size=32m', storage]);
    await pullByDigest(mirror.url, 'library/large', 'latest');
    hub.arrivals.clear();
    await pullByDigest(mirror.url, 'library/large', 'latest');
    assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
    // When it has seen that there is more room than before.
    await mirror.stored(LAYER.digest);
    await store.check();
    store.mustHave(LAYER.digest);
  });
});
