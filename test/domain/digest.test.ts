import * as assert from 'uvu/assert';
import {
  algorithmOf,
  digestOf,
  encodedOf,
  isDigest,
  parseDigest,
} from '../../src/domain/digest.ts';
import { DigestInvalid } from '../../src/domain/errors.ts';
import { testSuite } from '../support/suite.ts';

const HEX = '0123456789abcdef'.repeat(4);
const SHA256 = `sha256:${HEX}`;
const SHA512 = `sha512:${HEX}${HEX}`;

testSuite('a digest', (it) => {
  it('is taken apart into algorithm and encoded part, and put together again', () => {
    for (const text of [SHA256, SHA512]) {
      const digest = parseDigest(text);
      assert.is(digest, text);
      assert.is(digestOf(algorithmOf(digest), encodedOf(digest)), text);
    }
  });

  const wrong: [why: string, text: string][] = [
    ['is empty', ''],
    ['has no algorithm', HEX],
    ['has no encoded part', 'sha256:'],
    ['is too short', SHA256.slice(0, -1)],
    ['is too long', `${SHA256}0`],
    ['has capitals', `sha256:${HEX.toUpperCase()}`],
    ['has a capital algorithm', `SHA256:${HEX}`],
    ['has letters beyond f', `sha256:${'g'.repeat(64)}`],
    ['has the length of the other algorithm', `sha512:${HEX}`],
    ['is of an algorithm that nobody registered', `md5:${HEX.slice(32)}`],
    ['ends with a newline', `${SHA256}\n`],
    ['begins with a space', ` ${SHA256}`],
    ['leaves the tree', `sha256:${'../'.repeat(21)}a`],
    ['has digits of another script', `sha256:${'٠'.repeat(64)}`],
  ];
  for (const [why, text] of wrong) {
    it(`is none if it ${why}`, () => {
      assert.not(isDigest(text));
      assert.throws(
        () => parseDigest(text),
        (error: unknown) => error instanceof DigestInvalid,
      );
    });
  }
});
