import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../../src/domain/digest.ts';
import { DigestIds } from '../../../src/domain/upkeep/digest-ids.ts';
import { testSuite } from '../../support/suite.ts';

function hexadecimal(length: number): fc.Arbitrary<string> {
  const digit = fc.nat(15).map((value) => value.toString(16));
  return fc.string({ unit: digit, minLength: length, maxLength: length });
}

/** Few different beginnings, so that many meet in one slot. */
const short = fc
  .tuple(fc.constantFrom('00000000', '000007ff', 'ffffffff'), hexadecimal(56))
  .map(([start, rest]) => digestOf('sha256', start + rest));
const long = hexadecimal(128).map((encoded) => digestOf('sha512', encoded));
const digests = fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: short }, long), {
  maxLength: 100,
});

function small(number: number): Digest {
  return digestOf('sha256', number.toString(16).padStart(64, '0'));
}

testSuite('numbers of digests', (it) => {
  it('begin at 0, and stay as they are', () => {
    fc.assert(
      fc.property(digests, (all) => {
        const ids = new DigestIds();
        for (const round of [1, 2]) {
          const numbers = all.map((digest) => ids.idOf(digest));
          assert.equal(numbers, [...all.keys()], `round ${round}`);
        }
        assert.is(ids.count, all.length);
        assert.equal(
          all.map((_, id) => ids.digestOf(id)),
          all,
        );
      }),
    );
  });

  it('are as many as there are digests, however many', () => {
    const ids = new DigestIds();
    for (let number = 0; number < 5000; number++) assert.is(ids.idOf(small(number)), number);
    for (let number = 0; number < 5000; number++) {
      assert.is(ids.digestOf(number), small(number));
      assert.is(ids.idOf(small(number)), number);
    }
    assert.is(ids.count, 5000);
  });

  it('are not confused by a sha512 among them, whose place is empty', () => {
    const ids = new DigestIds();
    const zeros = digestOf('sha512', '0'.repeat(128));
    assert.is(ids.idOf(zeros), 0);
    assert.is(ids.idOf(small(0)), 1);
    for (let number = 1; number < 3000; number++) ids.idOf(small(number));
    assert.is(ids.idOf(zeros), 0);
    assert.is(ids.idOf(small(0)), 1);
  });

  it('belong to a digest, or are none', () => {
    const ids = new DigestIds();
    ids.idOf(small(7));
    for (const id of [-1, 1, 100]) assert.throws(() => ids.digestOf(id), /there is no blob/);
  });
});
