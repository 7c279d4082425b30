import * as assert from 'uvu/assert';
import { DigestInvalid, TagInvalid } from '../../src/domain/errors.ts';
import { isTag, parseReference, parseTag, referenceText } from '../../src/domain/reference.ts';
import { digestNamed } from '../support/bytes.ts';
import { testSuite } from '../support/suite.ts';

const DIGEST = digestNamed('a');

testSuite('a tag', (it) => {
  for (const text of ['latest', '3.20', '_', 'A-Z_a-z.0-9', 'v1.0.0-rc.1', 'a'.repeat(128)]) {
    it(`may be ${text.slice(0, 40)} (${text.length})`, () => assert.is(parseTag(text), text));
  }

  const wrong = [
    '',
    '.',
    '..',
    '.a',
    '-a',
    'a/b',
    'a:b',
    'a b',
    'a\n',
    'ä',
    'a+b',
    'a'.repeat(129),
  ];
  for (const text of wrong) {
    it(`is never ${JSON.stringify(text.slice(0, 40))} (${text.length})`, () => {
      assert.not(isTag(text));
      assert.throws(
        () => parseTag(text),
        (error: unknown) => error instanceof TagInvalid,
      );
    });
  }
});

testSuite('a reference', (it) => {
  it('is a digest if it is one', () => {
    assert.equal(parseReference(DIGEST), { kind: 'digest', digest: DIGEST });
  });

  it('is a tag if it is one', () => {
    assert.equal(parseReference('latest'), { kind: 'tag', tag: 'latest' });
  });

  it('with a colon means a digest, and is a wrong one', () => {
    for (const text of ['sha256:abc', 'md5:abc', ':', 'latest:', DIGEST.toUpperCase()]) {
      assert.throws(
        () => parseReference(text),
        (error: unknown) => error instanceof DigestInvalid,
      );
    }
  });

  it('without a colon means a tag, and may be a wrong one', () => {
    for (const text of ['', '-', '../etc', 'a'.repeat(200)]) {
      assert.throws(
        () => parseReference(text),
        (error: unknown) => error instanceof TagInvalid,
      );
    }
  });

  it('is written as it was read', () => {
    for (const text of ['latest', DIGEST]) assert.is(referenceText(parseReference(text)), text);
  });
});
