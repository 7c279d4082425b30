import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { MirrorProcess, runMirror } from '../support/mirror-process.ts';
import { image, layer } from '../support/oci-image.ts';
import { writeLayout } from '../support/oci-layout.ts';
import { projectWithPackage } from '../support/packed-package.ts';
import type { Program } from '../support/program.ts';
import { pullByTag } from '../support/pulls.ts';
import { isQuietAbout } from '../support/quiet-about.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const IMAGE = image({ layers: [layer({ hello: 'world' })] });
const PLUGIN = 'module:kagami-flat-files';

testSuite('The command with a plugin that is installed beside it', (it) => {
  let directory: TempDirectory;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    const layout = join(directory.path, 'upstream/library/app');
    await writeLayout(layout, [{ content: IMAGE, refName: '1.0' }]);
  });
  it.afterEach(() => directory.remove());

  async function kagami(command: string, storage: string): Promise<Program> {
    const config = join(directory.path, 'config.yml');
    const lines = [
      'version: 0.1',
      'http: {addr: "127.0.0.1:0"}',
      'log: {formatter: json}',
      `proxy: {remoteurl: "file://${directory.path}/upstream"}`,
      `storage: ${storage}`,
    ];
    await writeFile(config, lines.join('\n'));
    const project = await projectWithPackage();
    const main = join(project, 'node_modules/kagami-registry/dist/app/kagami.cjs');
    return runMirror([command, config], { main });
  }

  it('keeps images in its storage, over a restart', async () => {
    const flat = join(directory.path, 'flat');
    const storage = `{"${PLUGIN}": {directory: "${flat}"}}`;
    for (const expected of ['miss', 'hit']) {
      const mirror = await started(await kagami('serve', storage));
      const { digest } = await pullByTag(mirror.url, 'library/app', '1.0');
      assert.is(digest, IMAGE.manifest.digest);
      await mirror.stop();
      const sources = mirror.log.filter(({ msg }) => msg.includes('/blobs/'));
      assert.equal(
        sources.map(({ source }) => source),
        [expected, expected],
      );
    }
    const names = await readdir(flat);
    assert.ok(names.includes(IMAGE.manifest.digest.replace(':', '-')));
    const verify = await kagami('verify', storage);
    assert.equal(await verify.ended, { code: 0, signal: null });
    assert.match(verify.stdout, 'all is well');
  });

  const WRONG: readonly (readonly [storage: string, complaint: RegExp])[] = [
    [
      `{"${PLUGIN}": {}}`,
      /:5:11: storage\.module:kagami-flat-files\.directory is not as the module/,
    ],
    [
      `{"${PLUGIN}": {directory: hunter2, bucket: b}}`,
      /kagami-flat-files is not as the module wants/,
    ],
    ['{"module:kagami-gone": {}}', /names a module that is not there, kagami-gone; install it/],
    ['{"module:inversify": {}}', /inversify exports no `storage` with a function `create`$/m],
  ];
  for (const [storage, complaint] of WRONG) {
    for (const command of ['serve', 'verify']) {
      it(`${command} ends with 2 and one line for ${storage}`, async () => {
        const program = await kagami(command, storage);
        assert.equal(await program.ended, { code: 2, signal: null });
        assert.match(program.stderr, complaint);
        assert.is(program.stderr.trimEnd().split('\n').length, 1, program.stderr);
        assert.is(program.stdout, '');
        isQuietAbout(program.stderr, ['hunter2']);
      });
    }
  }

  it('ends with 3 if the storage cannot be used', async () => {
    const program = await kagami('serve', `{"${PLUGIN}": {directory: /dev/null/flat}}`);
    assert.equal(await program.ended, { code: 3, signal: null });
    assert.match(program.stderr, /^kagami: the directory \/dev\/null\/flat cannot be used/);
  });
});

async function started(program: Program): Promise<MirrorProcess> {
  const url = await program.until('it was ready', ({ stdout }) => {
    return /"listen":"([^"]+)"/.exec(stdout)?.[1];
  });
  return new MirrorProcess(program, url);
}
