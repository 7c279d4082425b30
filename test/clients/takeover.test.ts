import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startDockerRegistry } from '../support/clients/docker-registry.ts';
import { builtMirror } from '../support/compiled-mirror.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { type MirrorProcess, runMirror, startMirror } from '../support/mirror-process.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { RegistryStore } from '../support/registry-store.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const REPOSITORY = 'library/sample';
const IMAGE = sampleImage('taken over');
const { digest: DIGEST } = IMAGE.manifest;
/** Of the platform that is pulled. */
const LAYER = IMAGE.images[0]?.layers[0]?.digest ?? '';
const NAME = `docker/registry/v2/repositories/${REPOSITORY}`;
const TAG = `${NAME}/_manifests/tags/latest/current/link`;
const DATA = `docker/registry/v2/blobs/sha256/${LAYER.slice(7, 9)}/${LAYER.slice(7)}/data`;
const UPLOAD = `${NAME}/_uploads/0f8c2f2e-5d8a-4f0e-9b0e-2f8a3d7c1b11`;

testSuite('A directory that goes from docker-registry to Kagami and back', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  let storage = '';
  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    hub.push(REPOSITORY, IMAGE, { tags: ['latest'] });
    directory = await tempDirectory();
    storage = join(directory.path, 'storage');
  });
  it.afterEach(async () => {
    await hub.close();
    await directory.remove();
  });

  /** docker-registry mirrors the Hub until it has stored the image. */
  async function fillByRegistry(): Promise<void> {
    const registry = await startDockerRegistry({ directory: directory.path, upstream: hub.url });
    try {
      // Twice: it stores behind its answers, and what it has stored it does not ask for again.
      await pullByTag(registry.url, REPOSITORY, 'latest');
      for (let tries = 0; tries < 50; tries++) {
        hub.arrivals.clear();
        await pullByTag(registry.url, REPOSITORY, 'latest');
        if (hub.arrivals.count('blob-get') === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('docker-registry did not store the image');
    } finally {
      await registry.stop();
    }
  }

  /** The mirror is stopped when it is given back, and has logged all it had to say. */
  async function withKagami(use: (mirror: MirrorProcess) => Promise<void>): Promise<MirrorProcess> {
    const { path } = directory;
    const mirror = await startMirror({ directory: path, upstream: hub.url, main: builtMirror() });
    try {
      await use(mirror);
    } finally {
      await mirror.stop();
    }
    return mirror;
  }

  async function pullThroughKagami(): Promise<void> {
    await withKagami(async ({ url }) => {
      assert.is((await pullByTag(url, REPOSITORY, 'latest')).digest, DIGEST);
    });
  }

  /** By a plain docker-registry, which has nothing but what lies there. */
  async function isServedByRegistry(): Promise<void> {
    const registry = await startDockerRegistry({ directory: directory.path });
    try {
      assert.is((await pullByTag(registry.url, REPOSITORY, 'latest')).digest, DIGEST);
      assert.is((await pullByDigest(registry.url, REPOSITORY, 'latest')).digest, DIGEST);
      const catalog = await fetch(`${registry.url}/v2/_catalog`);
      assert.equal(await catalog.json(), { repositories: [REPOSITORY] });
    } finally {
      await registry.stop();
    }
  }

  /** What registries leave that are killed, or whose disk is full. */
  async function leaveTraces(): Promise<void> {
    await truncate(join(storage, TAG), 0);
    await truncate(join(storage, DATA), 0);
    await mkdir(join(storage, UPLOAD), { recursive: true });
    await writeFile(join(storage, UPLOAD, 'startedat'), '2024-05-01T10:00:00Z');
    await writeFile(join(storage, UPLOAD, 'data'), 'a part');
  }

  /** The exit code of `kagami verify`, and what it wrote. */
  async function verify(...options: string[]): Promise<{ code: number | null; lines: string[] }> {
    const file = join(directory.path, 'verify.yml');
    const where = `storage: {filesystem: {rootdirectory: ${storage}}}`;
    await writeFile(file, `version: 0.1\n${where}\nproxy: {remoteurl: ${hub.url}}\n`);
    const program = runMirror(['verify', file, ...options], { main: builtMirror() });
    const { code } = await program.ended;
    return { code, lines: (program.stdout + program.stderr).trimEnd().split('\n') };
  }

  it('is warm for Kagami from the first request, without the Hub', async () => {
    await fillByRegistry();
    for (const server of ['registry', 'auth', 'cdn'] as const) await hub.down(server);
    hub.arrivals.clear();
    const mirror = await withKagami(async ({ url }) => {
      assert.is((await pullByTag(url, REPOSITORY, 'latest')).digest, DIGEST);
      assert.is((await pullByDigest(url, REPOSITORY, 'latest')).digest, DIGEST);
      const tags = await fetch(`${url}/v2/${REPOSITORY}/tags/list`);
      assert.equal(await tags.json(), { name: REPOSITORY, tags: ['latest'] });
    });
    const pulled = mirror.log.filter(({ msg }) => /\/(manifests|blobs)\//.test(msg));
    const sources = new Set(pulled.map(({ source }) => source ?? ''));
    assert.equal(
      [...sources].toSorted((a, b) => a.localeCompare(b)),
      ['hit', 'stale'],
    );
    assert.equal(hub.arrivals.summary(), {});
  });

  it('costs Kagami one HEAD at the Hub, and no download', async () => {
    await fillByRegistry();
    hub.arrivals.clear();
    await pullThroughKagami();
    assert.is(hub.arrivals.count('manifest-head'), 1);
    assert.is(hub.arrivals.count('manifest-get') + hub.arrivals.count('blob-get'), 0);
  });

  it('can be handed back: a plain docker-registry serves what Kagami has stored', async () => {
    await pullThroughKagami();
    await isServedByRegistry();
  });

  it('heals of what a registry left behind as it is pulled, and can be handed back', async () => {
    await fillByRegistry();
    await leaveTraces();
    await pullThroughKagami();
    assert.is(await readFile(join(storage, TAG), 'utf8'), DIGEST);
    const store = new RegistryStore(storage);
    await store.check();
    store.mustHave(LAYER);
    await isServedByRegistry();
  });

  it('is mended by kagami verify --repair, which names what a registry left behind', async () => {
    await fillByRegistry();
    await leaveTraces();
    const { code, lines } = await verify('--repair');
    for (const line of [
      `broken link: ${TAG}: removed`,
      `not a blob at a blob's place: ${DATA}: removed`,
      `unfinished upload: ${UPLOAD}: removed`,
    ]) {
      assert.ok(lines.includes(line), lines.join('\n'));
    }
    assert.is(code, 0, lines.join('\n'));
    const again = await verify();
    assert.match(again.lines.join('\n'), /: all is well$/);
    assert.is(again.code, 0);
    await pullThroughKagami();
    await isServedByRegistry();
  });
});
