import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { NameUnknown } from '../../../../src/domain/errors.ts';
import type { TagPage } from '../../../../src/domain/ports/upstream.ts';
import { artifact } from '../../../support/oci-artifact.ts';
import { image, index } from '../../../support/oci-image.ts';
import { blobPath } from '../../../support/oci-layout.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { ALPINE, digestOf, layoutsFor } from './layouts.ts';

const IMAGE = image();
const PAGES: [limit: number | undefined, last: string | undefined, page: TagPage][] = [
  [undefined, undefined, { tags: ['3.19', '3.20', 'edge', 'latest'], more: false }],
  [2, undefined, { tags: ['3.19', '3.20'], more: true }],
  [2, '3.20', { tags: ['edge', 'latest'], more: false }],
  [1, '3.2', { tags: ['3.20'], more: true }],
  [9, 'latest', { tags: [], more: false }],
  [0, undefined, { tags: [], more: true }],
];

/** What `index.json` calls a manifest, and the tag that this means. */
const REF_NAMES: [refName: string, tags: string[]][] = [
  ['3.20', ['3.20']],
  ['docker.io/library/alpine:3.20', ['3.20']],
  ['localhost:5000/alpine:3.20', ['3.20']],
  ['localhost:5000/alpine', []],
  [`docker.io/library/alpine@${IMAGE.manifest.digest}`, []],
  ['alpine:3.20', []],
  ['-3', []],
  ['../../etc', []],
];

testSuite('tags of an image layout', (it) => {
  const makeLayouts = layoutsFor(it);

  for (const [limit, last, page] of PAGES) {
    it(`lists ${limit ?? 'all'} after ${last ?? 'the beginning'}`, async () => {
      const { upstream, write } = await makeLayouts();
      const refNames = ['latest', '3.20', 'edge', '3.19', 'latest'];
      const entries = refNames.map((refName) => ({ content: IMAGE, refName }));
      await write('library/alpine', [...entries, { content: IMAGE }]);
      assert.equal(await upstream.listTags(ALPINE, { limit, last }), page);
    });
  }

  for (const [refName, tags] of REF_NAMES) {
    it(`reads the name ${refName}`, async () => {
      const { upstream, write } = await makeLayouts();
      await write('library/alpine', [{ content: IMAGE, refName }]);
      const page = await upstream.listTags(ALPINE, { limit: undefined, last: undefined });
      assert.equal(page, { tags, more: false });
    });
  }
});

const SIGNATURE = artifact({
  artifactType: 'application/vnd.example.signature',
  subject: IMAGE.manifest,
  annotations: { 'org.example.key': 'k1' },
});
const SBOM = artifact({ artifactType: 'application/spdx+json', subject: IMAGE.manifest });
const OTHER = artifact({ artifactType: 'application/spdx+json', subject: SBOM.manifest });
const MULTI = index([{ image: SBOM }, { image: SIGNATURE }], { subject: IMAGE.manifest });

testSuite('referrers in an image layout', (it) => {
  const makeLayouts = layoutsFor(it);

  it('finds them in index.json and in the indexes below it, each once', async () => {
    const { upstream, write } = await makeLayouts();
    const contents = [IMAGE, SIGNATURE, MULTI, OTHER, index([{ image: SBOM }])];
    await write(
      'library/alpine',
      contents.map((content) => ({ content })),
    );
    const found = await upstream.listReferrers(ALPINE, digestOf(IMAGE.manifest));
    assert.equal(
      found.map(({ digest }) => digest),
      [SIGNATURE, MULTI, SBOM].map(({ manifest }) => manifest.digest),
    );
    assert.equal(found[0], {
      mediaType: SIGNATURE.manifest.mediaType,
      digest: SIGNATURE.manifest.digest,
      size: SIGNATURE.manifest.bytes.length,
      artifactType: 'application/vnd.example.signature',
      annotations: { 'org.example.key': 'k1' },
    });
  });

  it('has none for what nothing refers to', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', [{ content: IMAGE }, { content: SBOM }]);
    assert.equal(await upstream.listReferrers(ALPINE, digestOf(OTHER.manifest)), []);
  });

  it('passes over manifests that are not there or broken', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', [{ content: SBOM }, { content: SIGNATURE }]);
    await rm(blobPath(folder, SBOM.manifest.digest));
    await writeFile(blobPath(folder, SIGNATURE.manifest.digest), '{');
    assert.equal(await upstream.listReferrers(ALPINE, digestOf(IMAGE.manifest)), []);
  });

  it('does not know a repository that is not there', async () => {
    const { root, upstream } = await makeLayouts();
    await writeFile(join(root, 'file'), '');
    await rejects(upstream.listReferrers(ALPINE, digestOf(IMAGE.manifest)), NameUnknown);
  });
});
