import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type LsOptions, ls } from '../../src/app/ls.ts';
import { type CommandScene, commandScene, type Said } from '../support/command-scene.ts';
import { compiledMirror } from '../support/compiled-mirror.ts';
import { runMirror } from '../support/mirror-process.ts';
import { image, index, layer } from '../support/oci-image.ts';
import { pullByTag } from '../support/pulls.ts';
import { testSuite } from '../support/suite.ts';

const BASE = layer({ base: 'of two' });
const ARM = image({ layers: [BASE, layer({ arm: 'only' })], architecture: 'arm64' });
const AMD = image({ layers: [BASE, layer({ amd: 'only' })] });
const BOTH = index([{ image: AMD }, { image: ARM }]);
const PLAIN = image({ layers: [BASE], architecture: 's390x' });

interface Listed {
  readonly repository: string;
  readonly tags: string[];
  readonly digest: string;
  readonly platforms: string[];
  readonly size: number;
  readonly ownSize: number;
  readonly storedAt: string | null;
  readonly lastPulledAt: string | null;
}

function sum(parts: readonly { bytes: Uint8Array }[]): number {
  return parts.reduce((bytes, part) => bytes + part.bytes.byteLength, 0);
}

testSuite('kagami ls', (it) => {
  let scene: CommandScene;
  it.beforeEach(async () => {
    scene = await commandScene();
    scene.hub.push('library/both', BOTH, { tags: ['1', 'latest'] });
    scene.hub.push('some/plain', PLAIN, { tags: ['v1'] });
    await scene.pull(['library/both', '1'], ['library/both', 'latest'], ['some/plain', 'v1']);
  });
  it.afterEach(() => scene.close());

  function run(patterns: string[] = [], options: Partial<LsOptions> = {}): Promise<Said> {
    return scene.run((surroundings, config) => {
      return ls(surroundings, patterns, { config, long: false, json: false, ...options });
    });
  }

  async function listed(...patterns: string[]): Promise<Listed[]> {
    const { code, lines } = await run(patterns, { json: true });
    assert.is(code, 0, lines.join('\n'));
    return JSON.parse(lines.join('\n')) as Listed[];
  }

  async function names(...patterns: string[]): Promise<string[]> {
    return (await listed(...patterns)).map(({ repository }) => repository);
  }

  it('shows each image with its tags, digest, platforms and size', async () => {
    const { code, lines } = await run();
    assert.is(code, 0);
    assert.match(lines[0] ?? '', /^IMAGE +DIGEST +PLATFORMS +SIZE +OWN +AGE +LAST PULL$/);
    const [, both = '', plain = '', total = ''] = lines;
    const short = `sha256:${BOTH.manifest.digest.slice(7, 19)}`;
    // Of the index, what was pulled is here.
    assert.match(
      both,
      new RegExp(`^library/both:1, latest +${short} +linux/amd64 +[\\d.]+ k?i?B`, 'i'),
    );
    assert.match(plain, /^some\/plain:v1 +sha256:\S+ +linux\/s390x +\d.* \d+s +\d+s$/);
    assert.match(total, /^2 images; .* are stored$/);
    assert.is(lines.length, 4);
  });

  it('shows whole digests when told so', async () => {
    const { lines } = await run([], { long: true });
    assert.match(lines[1] ?? '', BOTH.manifest.digest);
  });

  it('tells programs all of it in JSON', async () => {
    const [both, plain] = await listed();
    assert.ok(both && plain);
    assert.is(both.digest, BOTH.manifest.digest);
    assert.equal(both.tags, ['1', 'latest']);
    assert.equal(both.platforms, ['linux/amd64']);
    const own =
      sum([BOTH.manifest, AMD.manifest, AMD.config, ...AMD.layers]) - BASE.bytes.byteLength;
    assert.is(both.size, own + BASE.bytes.byteLength);
    assert.is(both.ownSize, own);
    for (const { storedAt, lastPulledAt } of [both, plain]) {
      assert.ok(Math.abs(Date.parse(storedAt ?? '') - Date.now()) < 3_600_000);
      assert.ok(Math.abs(Date.parse(lastPulledAt ?? '') - Date.now()) < 3_600_000);
    }
  });

  it('shows those that a pattern names', async () => {
    assert.equal(await names('some/*'), ['some/plain']);
    assert.equal(await names('library/both:lat*'), ['library/both']);
    assert.equal(await names('**'), ['library/both', 'some/plain']);
    assert.equal(await names('some/plain', 'library/*:1'), ['library/both', 'some/plain']);
    assert.equal(await names('some/plain:v2'), []);
    assert.match((await run(['no/such'])).lines.join('\n'), /^0 images; /);
  });

  it('shows an image without a tag by its digest, and no pull where none is known', async () => {
    const links = 'docker/registry/v2/repositories/some/plain/_manifests/tags';
    await rm(join(scene.storage, links), { recursive: true });
    await rm(join(scene.storage, 'kagami/access'), { recursive: true });
    const { lines } = await run(['some/plain']);
    const short = PLAIN.manifest.digest.slice(7, 19);
    assert.match(lines[1] ?? '', new RegExp(`^some/plain@sha256:${short} .* \\d+s +-$`));
    const [plain] = await listed('some/*');
    assert.equal([plain?.tags, plain?.lastPulledAt], [[], null]);
  });

  it('writes nothing, whether a mirror runs or not', async () => {
    const stopped = await scene.files();
    await run();
    assert.equal(await scene.files(), stopped);
    const mirror = await scene.mirror();
    try {
      await pullByTag(mirror.url, 'some/plain', 'v1');
      const running = await scene.settledFiles();
      assert.is((await listed()).length, 2);
      assert.equal(await scene.files(), running);
    } finally {
      await mirror.close();
    }
  });

  it('says of a directory that is not there that it is not, and does not make it', async () => {
    await rm(scene.storage, { recursive: true });
    const { code, lines } = await run();
    assert.is(code, 3);
    assert.match(lines.join('\n'), /^kagami: The storage directory .* is not there: name /);
    assert.not(existsSync(scene.storage));
  });

  it('says what is wrong with a pattern, a file or an option', async () => {
    const main = await compiledMirror();
    for (const [args, message] of [
      [['ls', 'Up:per:case'], /must be a pattern/],
      [['ls', '--config', '/no/such.yml'], /no\/such\.yml/],
      [['ls', '--lnog'], /unknown option '--lnog'/],
    ] as const) {
      const program = runMirror(args, { main });
      assert.is((await program.ended).code, 2);
      assert.match(program.stderr, message);
      assert.is(program.stdout, '');
    }
  });

  it('is a command', async () => {
    const env = {
      REGISTRY_CONFIGURATION_PATH: join(scene.directory.path, 'config.yml'),
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: scene.storage,
    };
    await run();
    const program = runMirror(['ls', 'some/plain', '--json'], {
      main: await compiledMirror(),
      env,
    });
    assert.is((await program.ended).code, 0, program.stderr);
    assert.is((JSON.parse(program.stdout) as Listed[]).length, 1);
  });
});
