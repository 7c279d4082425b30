import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { verify } from '../../src/app/verify.ts';
import { embeddedMirror } from '../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { digestOf } from '../support/oci-content.ts';
import { image, index, randomLayer } from '../support/oci-image.ts';
import { pullByTag } from '../support/pulls.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const REPOSITORY = 'library/sample';
const LAYER = randomLayer(50_000, 7);
const IMAGE = index([{ image: image({ layers: [LAYER] }) }]);
const NAME = `docker/registry/v2/repositories/${REPOSITORY}`;
const TAG = `${NAME}/_manifests/tags/latest/current/link`;
const UPLOAD = `${NAME}/_uploads/6a5c/data`;

function blobPath(digest: string): string {
  const hex = digest.slice(7);
  return `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

const STRAY = Buffer.from('nobody wants this');
const STRAY_DIGEST = digestOf(STRAY);
const EMPTY_PATH = blobPath(`sha256:${'ab'.repeat(32)}`);
const LAYER_LINK = `${NAME}/_layers/sha256/${LAYER.digest.slice(7)}/link`;

type Damage = (at: (path: string) => string) => Promise<void>;

async function write(path: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[9] = (bytes[9] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** What was done, and the line that says so. */
const DAMAGES: readonly (readonly [what: string, damage: Damage, line: string])[] = [
  [
    'a flipped bit',
    (at) => flip(at(blobPath(LAYER.digest))),
    `damaged blob: ${LAYER.digest} (48.8 KiB)`,
  ],
  [
    'an empty blob',
    (at) => write(at(EMPTY_PATH), ''),
    `not a blob at a blob's place: ${EMPTY_PATH}`,
  ],
  [
    'an orphan',
    (at) => write(at(blobPath(STRAY_DIGEST)), STRAY),
    `blob that nothing points to: ${STRAY_DIGEST} (17 B)`,
  ],
  ['an empty tag', (at) => truncate(at(TAG), 0), `broken link: ${TAG}`],
  [
    'a link to a blob that is gone',
    (at) => rm(at(blobPath(LAYER.digest))),
    `link to what is not here: ${LAYER_LINK}`,
  ],
  ['a leaked upload', (at) => write(at(UPLOAD), 'part'), `unfinished upload: ${dirname(UPLOAD)}`],
];

function stopSignal(): Promise<string> {
  return new Promise(() => {});
}

testSuite('kagami verify', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    hub.push(REPOSITORY, IMAGE, { tags: ['latest'] });
    directory = await tempDirectory();
    await pull();
  });
  it.afterEach(async () => {
    await hub.close();
    await directory.remove();
  });

  function env(): Record<string, string> {
    return { STORAGE: 'filesystem', STORAGE_FILESYSTEM_ROOTDIRECTORY: directory.path };
  }

  async function pull(): Promise<void> {
    const mirror = await embeddedMirror({ upstream: hub.url, env: env() });
    try {
      await pullByTag(mirror.url, REPOSITORY, 'latest');
    } finally {
      await mirror.close();
    }
  }

  /** The exit code and what was printed. */
  async function run(repair: boolean): Promise<{ code: number; lines: string[] }> {
    const lines: string[] = [];
    const file = join(directory.path, 'config.yml');
    const storage = `storage: {filesystem: {rootdirectory: ${directory.path}}}`;
    await writeFile(file, `version: 0.1\n${storage}\nproxy: {remoteurl: ${hub.url}}\n`);
    const print = (line: string): void => void lines.push(line);
    const surroundings = { env: {}, version: 'test', complain: print, print, stopSignal };
    return { code: await verify(surroundings, file, repair), lines };
  }

  it('finds nothing wrong with what the mirror has stored', async () => {
    const { code, lines } = await run(false);
    assert.match(lines.join('\n'), /^4 blobs \([\d.]+ KiB\) in 1 repositories: all is well$/);
    assert.is(code, 0);
  });

  for (const [what, damage, line] of DAMAGES) {
    it(`names ${what}, and mends it when told so`, async () => {
      await damage((path) => join(directory.path, path));
      const found = await run(false);
      assert.ok(found.lines.includes(line), found.lines.join('\n'));
      assert.is(found.code, 1);
      const mended = await run(true);
      assert.ok(mended.lines.some((each) => each.startsWith(`${line}: `)));
      assert.match(mended.lines.at(-1) ?? '', / mended, .* reclaimed$/);
      assert.is(mended.code, 0);
      await run(true);
      await pull();
      const after = await run(false);
      assert.match(after.lines.join('\n'), /^4 blobs .*: all is well$/);
    });
  }

  it('finds nothing wrong with what a tag leaves that the upstream has removed', async () => {
    hub.untag(REPOSITORY, 'latest');
    await pull().catch(() => {});
    const { code, lines } = await run(true);
    assert.match(lines.join('\n'), /^4 blobs .*: all is well$/);
    assert.is(code, 0);
  });

  it('finds nothing any more after an empty tag was mended', async () => {
    await truncate(join(directory.path, TAG), 0);
    assert.is((await run(true)).code, 0);
    const { code, lines } = await run(false);
    assert.match(lines.join('\n'), /^4 blobs .*: all is well$/);
    assert.is(code, 0);
  });

  it('says what is in the way of looking', async () => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const base = { version: 'test', complain: print, print, stopSignal };
    const memory = {
      ...base,
      env: { REGISTRY_STORAGE: 'inmemory', REGISTRY_CONFIGURATION_PATH: '' },
    };
    const file = join(directory.path, 'empty.yml');
    await writeFile(file, 'version: 0.1\n');
    assert.is(await verify(memory, file, false), 2);
    assert.is(await verify({ ...base, env: {} }, '/no/such/file.yml', false), 2);
    assert.match(lines.join('\n'), 'cannot be looked at');
  });
});
