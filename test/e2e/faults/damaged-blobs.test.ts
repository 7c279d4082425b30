import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { blobKey } from '../../../src/domain/registry-layout.ts';
import { eventually } from '../../support/eventually.ts';
import { digestOf } from '../../support/oci-content.ts';
import { type DefineTest, testSuite } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { errorIn } from './client.ts';
import { type Scene, type SceneOptions, scenes } from './scene.ts';

/** Smaller ones stay in memory; of this one every byte comes from the disk. */
const SIZE = 3 * 1024 * 1024;
const HALF = SIZE / 2;
const VERIFIED = { STORAGE_VERIFY: 'onread' };

/** A scene, and where its mirror keeps what it has. */
interface Kept {
  readonly made: Scene;
  readonly root: string;
}

function fileOf({ root, made }: Kept): string {
  return join(root, blobKey(made.layer.digest));
}

/** Opens scenes over a directory that the test knows. */
function keepers(it: DefineTest): (options: SceneOptions) => Promise<Kept> {
  const scene = scenes(it);
  const directories: TempDirectory[] = [];
  it.afterEach(async () => {
    for (const directory of directories.splice(0)) await directory.remove();
  });
  return async (options) => {
    const directory = await tempDirectory();
    directories.push(directory);
    const root = directory.path;
    const env = { STORAGE: 'filesystem', STORAGE_FILESYSTEM_ROOTDIRECTORY: root, ...options.env };
    return { made: await scene({ ...options, env }), root };
  };
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

function quarantined({ mirror }: Scene): Promise<string[]> {
  return mirror.storage.records.children('kagami/quarantine');
}

/** How often the layer was stored. */
function storings({ mirror, layer }: Scene): number {
  return mirror.events('blob-stored').filter(({ digest }) => digest === layer.digest).length;
}

testSuite('A blob that is damaged on the disk', (it) => {
  const keeper = keepers(it);

  async function warm(env: Record<string, string> = VERIFIED): Promise<Kept> {
    const kept = await keeper({ layerSize: SIZE, moment: 'warm', env });
    await kept.made.restart();
    await kept.made.pullManifests();
    kept.made.hub.arrivals.clear();
    return kept;
  }

  it('is never complete for the client who finds out, nor there for the next', async () => {
    const kept = await warm();
    const { made } = kept;
    await flip(fileOf(kept), HALF);
    const wrong = digestOf(await readFile(fileOf(kept)));
    assert.not.ok((await made.askForLayer()).isComplete);
    const [damaged] = made.mirror.events('damaged');
    assert.equal(damaged?.['detail'], { expected: made.layer.digest, found: wrong });
    assert.is((await quarantined(made)).length, 1);
    made.assertIsLayer(await made.askForLayer());
    made.assertIsLayer(await made.askForLayer());
    assert.is(made.layerRequests.length, 1);
  });

  it('in the last byte is not complete either', async () => {
    const kept = await warm();
    const { made } = kept;
    await flip(fileOf(kept), SIZE - 1);
    assert.not.ok((await made.askForLayer()).isComplete);
    made.assertIsLayer(await made.askForLayer());
  });

  it('gives no wrong part of it: that is proven first', async () => {
    const kept = await warm();
    const { made } = kept;
    await flip(fileOf(kept), HALF);
    const got = await made.askForLayer({ headers: { range: `bytes=${HALF - 10}-${HALF + 9}` } });
    assert.is(got.status, 206);
    const part = made.layer.bytes.subarray(HALF - 10, HALF + 10);
    assert.is(Buffer.compare(got.body, part), 0);
    assert.is(made.layerRequests.length, 1);
  });

  it('is a 404 and not wrong bytes while the upstream cannot help', async () => {
    const kept = await warm({ ...VERIFIED, PROXY_RETRIES: '0' });
    const { made } = kept;
    await flip(fileOf(kept), HALF);
    await made.hub.down('cdn');
    assert.not.ok((await made.askForLayer()).isComplete);
    const got = await made.askForLayer();
    assert.equal([got.status, errorIn(got).code], [404, 'UNAVAILABLE']);
  });

  it('is found by its size without storage.verify, before its client hears of it', async () => {
    const kept = await warm({});
    const { made } = kept;
    for (const size of [1, HALF, SIZE - 1, SIZE + 1]) {
      await truncate(fileOf(kept), size);
      made.hub.arrivals.clear();
      const before = storings(made);
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerRequests.length, 1, `of ${size} bytes`);
      await eventually(() => storings(made) > before, 'it is stored behind the answer');
    }
    assert.is((await quarantined(made)).length, 4);
  });

  it('has the size that its manifest lists, whatever is on the disk', async () => {
    const kept = await warm({});
    const { made } = kept;
    await truncate(fileOf(kept), 10);
    const got = await made.askForLayer({ method: 'HEAD' });
    assert.is(got.headers['content-length'], String(SIZE));
  });
});

/** What of the mirror's own is nonsense when it starts, and that it starts and pulls all the same. */
const NONSENSE: readonly (readonly [string, (root: string) => Promise<void>])[] = [
  ["a file is in the quarantine's place", (root) => replaced(root, 'kagami/quarantine')],
  ['its folder is gone', (root) => rm(join(root, 'kagami'), { recursive: true })],
];

async function replaced(root: string, path: string): Promise<void> {
  await rm(join(root, path), { recursive: true, force: true });
  await writeFile(join(root, path), 'nonsense');
}

testSuite('A mirror that starts over a directory', (it) => {
  const keeper = keepers(it);

  for (const [what, damage] of NONSENSE) {
    it(`where ${what} serves what is there, and what is not`, async () => {
      const { made, root } = await keeper({ moment: 'warm' });
      await made.mirror.close();
      await damage(root);
      await made.start();
      made.hub.arrivals.clear();
      assert.is(await made.pull(), 'whole');
      assert.is(made.hub.arrivals.count('blob-get'), 0);
      made.move();
      assert.is(await made.pull(), 'whole');
    });
  }
});
