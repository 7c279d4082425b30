import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { image, index, randomLayer } from '../../support/oci-image.ts';
import { testSuite } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { REPOSITORY } from './scene.ts';
import { tryPull } from './try-pull.ts';

const LAYER = randomLayer(200_000, 99);
const LARGE = randomLayer(3_000_000, 98);
const IMAGE = index([{ image: image({ layers: [LAYER, LARGE] }) }]);
const V2 = 'docker/registry/v2';
const NAME = `${V2}/repositories/${REPOSITORY}`;

function blobPath(digest: string): string {
  const hex = digest.slice(7);
  return `${V2}/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

const LAYER_PATH = blobPath(LAYER.digest);
const MANIFEST_PATH = blobPath(IMAGE.manifest.digest);
const TAG_LINK = `${NAME}/_manifests/tags/latest/current/link`;
const REVISION = `${NAME}/_manifests/revisions/sha256/${IMAGE.manifest.digest.slice(7)}/link`;
const LAYER_LINK = `${NAME}/_layers/sha256/${LAYER.digest.slice(7)}/link`;

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[1000 % bytes.length] = (bytes[1000 % bytes.length] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function folderInstead(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}

/** What was done to which file, what the next pull is, and what the one after that. */
const DAMAGES: readonly (readonly [
  what: string,
  path: string,
  damage: (path: string) => Promise<void>,
  next: RegExp,
])[] = [
  ['a layer is cut short', LAYER_PATH, (path) => truncate(path, 1000), /^whole$/],
  ['a layer is empty', LAYER_PATH, (path) => truncate(path, 0), /^whole$/],
  ['a layer is too long', LAYER_PATH, (path) => truncate(path, 300_000), /^whole$/],
  ['a layer is gone', LAYER_PATH, (path) => rm(path), /^whole$/],
  ["a folder is in a layer's place", LAYER_PATH, folderInstead, /^whole$/],
  ['a small layer has a flipped bit', LAYER_PATH, flip, /^whole$/],
  ['a large layer has a flipped bit', blobPath(LARGE.digest), flip, /^blob broken$/],
  ['a manifest is cut short', MANIFEST_PATH, (path) => truncate(path, 10), /^whole$/],
  ['a manifest is empty', MANIFEST_PATH, (path) => truncate(path, 0), /^whole$/],
  ['a manifest has a flipped bit', MANIFEST_PATH, flip, /^whole$/],
  ['a tag is empty', TAG_LINK, (path) => truncate(path, 0), /^whole$/],
  [
    'a tag points nowhere',
    TAG_LINK,
    (path) => writeFile(path, `sha256:${'0'.repeat(64)}`),
    /^whole$/,
  ],
  ['a tag is nonsense', TAG_LINK, (path) => writeFile(path, 'nonsense'), /^whole$/],
  ['a revision link is empty', REVISION, (path) => truncate(path, 0), /^whole$/],
  ['a layer link is empty', LAYER_LINK, (path) => truncate(path, 0), /^whole$/],
  ["a folder is in a layer link's place", LAYER_LINK, folderInstead, /^whole$/],
];

testSuite('A damaged cache heals', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  const env = (): Record<string, string> => ({
    STORAGE: 'filesystem',
    STORAGE_FILESYSTEM_ROOTDIRECTORY: directory.path,
    STORAGE_VERIFY: 'onread',
  });
  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    directory = await tempDirectory();
    hub.push(REPOSITORY, IMAGE, { tags: ['latest'] });
    await pulls(1);
  });
  it.afterEach(async () => {
    await hub.close();
    await directory.remove();
  });

  /** By a mirror that starts with what is on the disk. */
  async function pulls(count: number): Promise<string[]> {
    const mirror = await embeddedMirror({ upstream: hub.url, env: env() });
    const all: string[] = [];
    try {
      for (let pull = 0; pull < count; pull++) {
        all.push(await tryPull(mirror.url, REPOSITORY, 'latest'));
      }
    } finally {
      await mirror.close();
    }
    return all;
  }

  for (const [what, path, damage, next] of DAMAGES) {
    it(`when ${what}, without wrong bytes for any client`, async () => {
      const file = join(directory.path, path);
      await mkdir(dirname(file), { recursive: true });
      await damage(file);
      const [first, second] = await pulls(2);
      assert.match(first ?? '', next);
      assert.is(second, 'whole');
      hub.arrivals.clear();
      assert.equal(await pulls(1), ['whole']);
      assert.is(hub.arrivals.count('blob-get') + hub.arrivals.count('manifest-get'), 0);
    });
  }
});
