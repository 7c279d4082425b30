import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createMirror, image, type NamedImage } from '../../src/app/index.ts';
import { LABEL_FILE, type StartClient } from '../support/clients/client.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { Outside } from '../support/clients/outside.ts';
import { startPodman } from '../support/clients/podman.ts';
import { startSkopeo } from '../support/clients/skopeo.ts';
import { testSuite } from '../support/suite.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

/** An image that runs without anything else, and says its label. */
function runnable(): NamedImage {
  requirePrograms(['busybox']);
  return image('library/app:1.0', {
    platform: `linux/${ARCHITECTURE}`,
    layers: [{ '/bin/busybox': { content: readFileSync('/bin/busybox'), mode: 0o755 } }],
    files: { [`/${LABEL_FILE}`]: 'made in memory\n' },
    env: { LABEL: `/${LABEL_FILE}` },
    entrypoint: ['/bin/busybox', 'sh', '-c'],
    cmd: ['/bin/busybox cat "$LABEL"'],
  });
}

const CLIENTS: readonly (readonly [name: string, start: StartClient])[] = [
  ['podman', startPodman],
  ['skopeo', startSkopeo],
];

testSuite('An embedded mirror of an image that was made in memory', (it) => {
  for (const [name, start] of CLIENTS) {
    it(`is pulled through by ${name}`, async () => {
      const mirror = await createMirror({ upstream: [runnable()] });
      const outside = new Outside();
      await outside.start();
      const directory = await tempDirectory();
      const home = join(directory.path, 'client');
      await mkdir(home);
      const env = { ...outside.variables, HOME: home, TMPDIR: home };
      const client = await start({ mirror: mirror.url, directory: home, env });
      try {
        await client.pull('library/app:1.0');
        assert.is(await client.read('library/app:1.0'), 'made in memory\n');
        assert.ok(mirror.stats().misses >= 4, 'a manifest, a config and two layers');
        assert.equal(outside.calls, []);
      } finally {
        await client.stop();
        await outside.stop();
        await mirror.close();
        await directory.remove();
      }
    });
  }
});
