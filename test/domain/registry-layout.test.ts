import * as assert from 'uvu/assert';
import { parseDigest } from '../../src/domain/digest.ts';
import { parseTag } from '../../src/domain/reference.ts';
import {
  accessKey,
  blobKey,
  digestFromPath,
  layerLinkKey,
  REPOSITORIES,
  revisionLinkKey,
  revisionsKey,
  tagCheckKey,
  tagIndexKey,
  tagLinkKey,
  tagsKey,
} from '../../src/domain/registry-layout.ts';
import { ALPINE } from '../support/pull-parts.ts';
import { testSuite } from '../support/suite.ts';

const HEX = `ab${'0'.repeat(62)}`;
const DIGEST = parseDigest(`sha256:${HEX}`);
const TAG = parseTag('3.20');
const V2 = 'docker/registry/v2';
const REPO = `${V2}/repositories/library/alpine`;

testSuite('the layout of the CNCF registry', (it) => {
  const keys: [what: string, key: string, expected: string][] = [
    ['a blob', blobKey(DIGEST), `${V2}/blobs/sha256/ab/${HEX}/data`],
    ['the repositories', REPOSITORIES, `${V2}/repositories`],
    ['a layer link', layerLinkKey(ALPINE, DIGEST), `${REPO}/_layers/sha256/${HEX}/link`],
    ['the revisions', revisionsKey(ALPINE), `${REPO}/_manifests/revisions`],
    [
      'a revision link',
      revisionLinkKey(ALPINE, DIGEST),
      `${REPO}/_manifests/revisions/sha256/${HEX}/link`,
    ],
    ['the times of pulls', accessKey(ALPINE), 'kagami/access/library/alpine/_pulls'],
    ['the tags', tagsKey(ALPINE), `${REPO}/_manifests/tags`],
    ['a tag', tagLinkKey(ALPINE, TAG), `${REPO}/_manifests/tags/3.20/current/link`],
    [
      'an entry of a tag’s index',
      tagIndexKey(ALPINE, TAG, DIGEST),
      `${REPO}/_manifests/tags/3.20/index/sha256/${HEX}/link`,
    ],
    ['what is ours', tagCheckKey(ALPINE, TAG), 'kagami/tags/library/alpine/_checks/3.20'],
  ];
  for (const [what, key, expected] of keys) it(`has ${what}`, () => assert.is(key, expected));

  it('puts a sha512 blob beside those of sha256', () => {
    const hex = `cd${'1'.repeat(126)}`;
    assert.is(blobKey(parseDigest(`sha512:${hex}`)), `${V2}/blobs/sha512/cd/${hex}/data`);
  });

  it('gives a digest back from the names of its folders, and none from others', () => {
    assert.is(digestFromPath('sha256', HEX), DIGEST);
    assert.is(digestFromPath('sha256', 'link'), undefined);
    assert.is(digestFromPath('md5', HEX), undefined);
  });
});
