import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { ManifestUnknown, NameUnknown } from '../../../../src/domain/errors.ts';
import { parseRepositoryName } from '../../../../src/domain/repository-name.ts';
import { image, index, layer } from '../../../support/oci-image.ts';
import { blobPath } from '../../../support/oci-layout.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { ALPINE, byDigest, digestOf, layoutsFor, tag } from './layouts.ts';

const CHILD = image({ layers: [layer({ 'etc/issue': 'Alpine\n' })] });
const MULTI = index([{ image: CHILD }, { image: image({ architecture: 'arm64' }) }]);
const DOCKER = image({ format: 'docker', layers: [layer({ a: 'b' })] });

testSuite('a directory of image layouts as upstream', (it) => {
  const makeLayouts = layoutsFor(it);

  it('says where it is', async () => {
    const { root, upstream } = await makeLayouts();
    assert.is(upstream.location, pathToFileURL(root).href);
  });

  it('resolves a tag by its annotation', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: MULTI, refName: '3.20' }]);
    const { mediaType, digest, bytes } = MULTI.manifest;
    const found = await upstream.resolve(ALPINE, tag('3.20'), 1000);
    assert.equal(found, { mediaType, digest, size: bytes.length });
  });

  it('sees at once that a tag has moved', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: MULTI, refName: '3.20' }]);
    await upstream.resolve(ALPINE, tag('3.20'));
    await write('library/alpine', [{ content: DOCKER, refName: '3.20' }]);
    const found = await upstream.resolve(ALPINE, tag('3.20'));
    assert.is(found.digest, DOCKER.manifest.digest);
  });

  it('takes the first of two entries with one tag', async () => {
    const { upstream, write } = await makeLayouts();
    const entries = [MULTI, DOCKER].map((content) => ({ content, refName: '3.20' }));
    await write('library/alpine', entries);
    const found = await upstream.resolve(ALPINE, tag('3.20'));
    assert.is(found.digest, MULTI.manifest.digest);
  });

  it('resolves and fetches by digest what no tag names', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: DOCKER }]);
    const { mediaType, digest, bytes } = DOCKER.manifest;
    const found = await upstream.resolve(ALPINE, byDigest(DOCKER.manifest));
    assert.equal(found, { mediaType, digest, size: bytes.length });
    const fetched = await upstream.fetchManifest(ALPINE, digestOf(DOCKER.manifest));
    assert.is(fetched.mediaType, mediaType);
    assert.equal(Buffer.from(fetched.bytes), Buffer.from(bytes));
  });

  it('takes the type of a manifest that only the blobs hold from itself', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: MULTI, refName: '3.20' }]);
    const { mediaType, digest, bytes } = CHILD.manifest;
    const found = await upstream.resolve(ALPINE, byDigest(CHILD.manifest));
    assert.equal(found, { mediaType, digest, size: bytes.length });
    const fetched = await upstream.fetchManifest(ALPINE, digestOf(CHILD.manifest));
    assert.is(fetched.mediaType, mediaType);
  });

  it('does not take a config for a manifest', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    await rejects(upstream.resolve(ALPINE, byDigest(CHILD.config)), ManifestUnknown);
    await rejects(upstream.fetchManifest(ALPINE, digestOf(CHILD.config)), ManifestUnknown);
  });

  it('does not know a tag or a digest that is not there', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    await rejects(upstream.resolve(ALPINE, tag('3.21')), ManifestUnknown);
    await rejects(upstream.resolve(ALPINE, byDigest(DOCKER.manifest)), ManifestUnknown);
    await rejects(upstream.fetchManifest(ALPINE, digestOf(DOCKER.manifest)), ManifestUnknown);
  });

  it('does not know a tag whose manifest is listed but not there', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    await rm(blobPath(folder, CHILD.manifest.digest));
    await rejects(upstream.resolve(ALPINE, tag('3.20')), ManifestUnknown);
  });

  it('does not know a repository without a folder, nor a folder without a layout', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    for (const name of ['library', 'library/busybox', 'library/alpine/blobs', 'other/alpine']) {
      const repository = parseRepositoryName(name);
      await rejects(upstream.resolve(repository, tag('3.20')), NameUnknown);
    }
  });

  it('keeps a layout within the folder of another apart', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    await write('library/alpine/slim', [{ content: DOCKER, refName: '3.20' }]);
    const found = await upstream.resolve(parseRepositoryName('library/alpine/slim'), tag('3.20'));
    assert.is(found.digest, DOCKER.manifest.digest);
    await rejects(upstream.resolve(ALPINE, byDigest(DOCKER.manifest)), ManifestUnknown);
  });

  it("follows the operator's symbolic links", async () => {
    const { root, upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: CHILD, refName: '3.20' }]);
    await symlink(join(root, 'library/alpine'), join(root, 'library/linked'));
    const found = await upstream.resolve(parseRepositoryName('library/linked'), tag('3.20'));
    assert.is(found.digest, CHILD.manifest.digest);
  });
});
