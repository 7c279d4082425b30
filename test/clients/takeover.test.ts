import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { verify } from '../../src/app/verify.ts';
import { startDockerRegistry } from '../support/clients/docker-registry.ts';
import { type EmbeddedMirror, embeddedMirror } from '../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const REPOSITORY = 'library/sample';
const NAME = `docker/registry/v2/repositories/${REPOSITORY}`;

function stopSignal(): Promise<string> {
  return new Promise(() => {});
}

testSuite('A directory that goes from docker-registry to Kagami and back', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  let digest = '';
  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    digest = hub.push(REPOSITORY, sampleImage('taken over'), { tags: ['latest'] });
    directory = await tempDirectory();
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

  function kagami(): Promise<EmbeddedMirror> {
    const env = { STORAGE: 'filesystem', STORAGE_FILESYSTEM_ROOTDIRECTORY: directory.path };
    return embeddedMirror({ upstream: hub.url, env });
  }

  it('is warm for Kagami from the first request, without the Hub', async () => {
    await fillByRegistry();
    await hub.down('registry');
    const mirror = await kagami();
    try {
      assert.is((await pullByTag(mirror.url, REPOSITORY, 'latest')).digest, digest);
      assert.is((await pullByDigest(mirror.url, REPOSITORY, 'latest')).digest, digest);
      const tags = await fetch(`${mirror.url}/v2/${REPOSITORY}/tags/list`);
      assert.equal(await tags.json(), { name: REPOSITORY, tags: ['latest'] });
    } finally {
      await mirror.close();
    }
    await hub.up('registry');
  });

  it('costs Kagami one HEAD at the Hub, and no download', async () => {
    await fillByRegistry();
    hub.arrivals.clear();
    const mirror = await kagami();
    try {
      await pullByTag(mirror.url, REPOSITORY, 'latest');
      assert.is(hub.arrivals.count('manifest-head'), 1);
      assert.is(hub.arrivals.count('manifest-get') + hub.arrivals.count('blob-get'), 0);
    } finally {
      await mirror.close();
    }
  });

  it('can be handed back: a plain docker-registry serves what Kagami has stored', async () => {
    const mirror = await kagami();
    await pullByTag(mirror.url, REPOSITORY, 'latest');
    await mirror.close();
    const registry = await startDockerRegistry({ directory: directory.path });
    try {
      assert.is((await pullByTag(registry.url, REPOSITORY, 'latest')).digest, digest);
      assert.is((await pullByDigest(registry.url, REPOSITORY, 'latest')).digest, digest);
      const catalog = await fetch(`${registry.url}/v2/_catalog`);
      assert.equal(await catalog.json(), { repositories: [REPOSITORY] });
    } finally {
      await registry.stop();
    }
  });

  it('heals of what a registry left behind, and kagami verify names it', async () => {
    await fillByRegistry();
    const at = (path: string): string => join(directory.path, path);
    await truncate(at(`${NAME}/_manifests/tags/latest/current/link`), 0);
    await mkdir(dirname(at(`${NAME}/_uploads/77/data`)), { recursive: true });
    await writeFile(at(`${NAME}/_uploads/77/data`), 'a part');
    const file = at('kagami.yml');
    const storage = `storage: {filesystem: {rootdirectory: ${directory.path}}}`;
    await writeFile(file, `version: 0.1\n${storage}\nproxy: {remoteurl: ${hub.url}}\n`);
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const surroundings = { env: {}, version: 'test', complain: print, print, stopSignal };
    assert.is(await verify(surroundings, file, true), 0);
    assert.ok(
      lines.some((line) => line.startsWith('broken link: ')),
      lines.join('\n'),
    );
    assert.ok(lines.some((line) => line.startsWith('unfinished upload: ')));
    const mirror = await kagami();
    try {
      assert.is((await pullByTag(mirror.url, REPOSITORY, 'latest')).digest, digest);
    } finally {
      await mirror.close();
    }
  });
});
