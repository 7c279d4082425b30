import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { clientsAndMirror, runnableImage } from '../support/clients/clients-and-mirror.ts';
import { startDocker } from '../support/clients/docker.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { builtMirror } from '../support/compiled-mirror.ts';
import { startMirror } from '../support/mirror-process.ts';
import { run } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

testSuite('A directory that skopeo wrote', (it) => {
  it('is an upstream that dockerd can pull from', async () => {
    requirePrograms(['skopeo']);
    const all = await clientsAndMirror();
    const files = join(all.directory, 'files');
    const second = join(all.directory, 'second');
    await mkdir(second);
    try {
      all.hub.push('library/sample', runnableImage('from files'), { tags: ['1.0'] });
      const from = `docker://${all.mirrored.mirror.host}/library/sample:1.0`;
      const to = `oci:${join(files, 'library/sample')}:1.0`;
      await mkdir(join(files, 'library'), { recursive: true });
      await run('skopeo', ['copy', '--all', '--src-tls-verify=false', from, to]);
      const mirror = await startMirror({
        directory: second,
        upstream: `file://${files}`,
        main: builtMirror(),
      });
      try {
        const docker = await all.add(startDocker, mirror.url);
        await docker.pull('library/sample:1.0');
        assert.is(await docker.read('library/sample:1.0'), 'from files\n');
      } finally {
        await mirror.stop();
      }
    } finally {
      await all.close();
    }
  });
});
