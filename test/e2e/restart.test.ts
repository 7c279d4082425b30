import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import type { ImageIndex } from '../support/oci-index.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const REPOSITORY = 'library/sample';

function folderOf(digest: string): string {
  return digest.replace(':', '/');
}

/**
 * What the CNCF registry would have on disk: each file with its text, or the digest it is stored by.
 * https://github.com/distribution/distribution/blob/v2.8.3/registry/storage/paths.go
 */
function registryFiles(pulled: ImageIndex): Map<string, string> {
  const files = new Map<string, string>();
  const [image] = pulled.images;
  if (image === undefined) throw new Error('an index without an image');
  const manifests = [pulled.manifest.digest, image.manifest.digest];
  const layers = [image.config, ...image.layers].map(({ digest }) => digest);
  for (const digest of [...manifests, ...layers]) {
    const [algorithm, hex = ''] = digest.split(':');
    files.set(`blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`, digest);
  }
  const own = `repositories/${REPOSITORY}`;
  for (const digest of layers) files.set(`${own}/_layers/${folderOf(digest)}/link`, digest);
  for (const digest of manifests) {
    files.set(`${own}/_manifests/revisions/${folderOf(digest)}/link`, digest);
  }
  const tag = `${own}/_manifests/tags/latest`;
  files.set(`${tag}/current/link`, pulled.manifest.digest);
  const index = `${tag}/index/${folderOf(pulled.manifest.digest)}/link`;
  return files.set(index, pulled.manifest.digest);
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

testSuite('A mirror that keeps its images in a directory', (it) => {
  const sample = sampleImage('kept');
  let both: MirroredHub;
  it.beforeEach(async () => {
    both = await mirroredHub();
    both.hub.push(REPOSITORY, sample, { tags: ['latest'] });
    await pullByDigest(both.url, REPOSITORY, 'latest');
  });
  it.afterEach(() => both.close());

  it('has them when it is started again', async () => {
    await both.restart();
    both.hub.arrivals.clear();
    await pullByDigest(both.url, REPOSITORY, 'latest');
    const { challenge: _, ...cost } = both.hub.arrivals.summary();
    assert.equal(cost, { token: 1, 'manifest-head': 1 });
  });

  it('has them when it is started again while the Hub is down, and says that it is', async () => {
    await both.mirror.stop();
    await both.hubGoesDown();
    await both.start();
    const warning = await both.mirror.logged(
      'the upstream cannot be reached now; what is stored is served',
    );
    assert.is(warning.level, 'warn');
    await pullByTag(both.url, REPOSITORY, 'latest');
  });

  it('lays them out as the CNCF registry does, and adds nothing to it', async () => {
    await both.mirror.stop();
    const root = join(both.directory.path, 'storage/docker/registry/v2');
    const expected = registryFiles(sample);
    assert.equal((await filesBelow(root)).sort(), [...expected.keys()].sort());
    for (const [file, digest] of expected) {
      if (!file.endsWith('/link')) continue;
      assert.is(await readFile(join(root, file), 'utf8'), digest);
    }
  });

  it('leaves nothing unfinished behind', async () => {
    await both.mirror.stop();
    const root = join(both.directory.path, 'storage');
    const files = await filesBelow(root);
    assert.equal(
      files.filter((file) => file.startsWith('kagami/staging/')),
      [],
    );
  });
});
