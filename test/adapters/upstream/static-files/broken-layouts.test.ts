import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { UpstreamBadAnswer, UpstreamUnreachable } from '../../../../src/domain/errors.ts';
import { LARGEST_MANIFEST } from '../../../../src/domain/manifest.ts';
import { image, randomLayer } from '../../../support/oci-image.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { ALPINE, digestOf, layoutsFor, tag } from './layouts.ts';

const HUGE = randomLayer(LARGEST_MANIFEST + 1);
const ENTRIES = [{ content: image({ layers: [HUGE] }), refName: '3.20' }];
const NO_PAGE = { limit: undefined, last: undefined };

/** A file of the layout, what is written to it, and what the error says of it. */
const BROKEN: [file: string, text: string, message: string][] = [
  ['oci-layout', '', 'library/alpine/oci-layout does not say version 1.0.0'],
  ['oci-layout', '{}', 'library/alpine/oci-layout does not say version 1.0.0'],
  [
    'oci-layout',
    '{"imageLayoutVersion":"2.0.0"}',
    'library/alpine/oci-layout does not say version 1.0.0',
  ],
  ['index.json', '', 'library/alpine/index.json is not a JSON object'],
  ['index.json', '{"manifests": [', 'library/alpine/index.json is not a JSON object'],
  ['index.json', '[]', 'library/alpine/index.json is not a JSON object'],
  ['index.json', '{"manifests": {}}', 'library/alpine/index.json has no list of manifests'],
  [
    'index.json',
    ' '.repeat(LARGEST_MANIFEST + 1),
    'library/alpine/index.json is larger than 4194304 bytes',
  ],
];

testSuite('image layouts that are broken', (it) => {
  const makeLayouts = layoutsFor(it);

  for (const [file, text, message] of BROKEN) {
    it(`names ${file} when it is ${text.slice(0, 40).trim() || 'blank'}`, async () => {
      const { upstream, write } = await makeLayouts();
      const folder = await write('library/alpine', ENTRIES);
      await writeFile(join(folder, file), text);
      const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
      assert.is(error.message, message);
      const other = await rejects(upstream.listTags(ALPINE, NO_PAGE), UpstreamBadAnswer);
      assert.is(other.message, message);
    });
  }

  it('names index.json when it is missing', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    await rm(join(folder, 'index.json'));
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
    assert.is(error.message, 'library/alpine/index.json is missing');
  });

  it('passes over entries that make no sense', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    const manifests = [3, null, {}, { digest: 'md5:1' }, { digest: 4, annotations: 'x' }];
    await writeFile(join(folder, 'index.json'), JSON.stringify({ manifests }));
    assert.equal(await upstream.listTags(ALPINE, NO_PAGE), { tags: [], more: false });
  });

  it('refuses to read as manifest what is too large for one', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    await rejects(upstream.fetchManifest(ALPINE, digestOf(HUGE)), UpstreamBadAnswer);
  });

  it('is unreachable, not empty, when the directory itself is gone', async () => {
    const { root, upstream } = await makeLayouts();
    await rm(root, { recursive: true });
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    assert.is(error.message, 'the directory of image layouts is not there');
  });

  it('is unreachable when a file is there and cannot be read', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    await rm(join(folder, 'oci-layout'));
    await symlink('oci-layout', join(folder, 'oci-layout'));
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    assert.is(error.message, 'library/alpine/oci-layout cannot be read (ELOOP)');
  });
});
