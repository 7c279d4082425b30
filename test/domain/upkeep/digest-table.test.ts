import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Digest, parseDigest } from '../../../src/domain/digest.ts';
import { DigestTable } from '../../../src/domain/upkeep/digest-table.ts';
import { digestNamed } from '../../support/bytes.ts';
import { testSuite } from '../../support/suite.ts';

const LONG = parseDigest(`sha512:${'0a'.repeat(64)}`);

/** Many digests that begin alike, so that they compete for the same places. */
const digests: fc.Arbitrary<Digest> = fc
  .tuple(
    fc.constantFrom('sha256', 'sha256', 'sha256', 'sha512'),
    fc.constantFrom('00000000', 'ffffffff', '0000007f'),
    fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), minLength: 4, maxLength: 4 }),
  )
  .map(([algorithm, start, end]) => {
    const middle = '5e'.repeat(algorithm === 'sha256' ? 26 : 58);
    return parseDigest(`${algorithm}:${start}${middle}${end}`);
  });

testSuite('a digest table', (it) => {
  it('numbers digests in the order of their coming, and each once', () => {
    const table = new DigestTable();
    const names = [digestNamed('a'), LONG, digestNamed('b'), digestNamed('a'), LONG];
    assert.equal(
      names.map((digest) => table.add(digest)),
      [0, 1, 2, 0, 1],
    );
    assert.is(table.count, 3);
    assert.equal(
      [0, 1, 2].map((number) => table.digest(number)),
      names.slice(0, 3),
    );
  });

  it('has no number for what was never added', () => {
    const table = new DigestTable();
    table.add(digestNamed('a'));
    assert.is(table.find(digestNamed('b')), -1);
    assert.is(table.find(LONG), -1);
    assert.is(table.count, 1);
  });

  it('finds all of many', () => {
    const table = new DigestTable();
    const many = Array.from({ length: 5000 }, (_, index) => digestNamed(String(index)));
    many[7] = LONG;
    for (const digest of many) table.add(digest);
    for (const [number, digest] of many.entries()) {
      assert.is(table.find(digest), number);
      assert.is(table.digest(number), digest);
    }
    assert.is(table.find(parseDigest(`sha256:${'0'.repeat(64)}`)), -1);
  });

  it('does what a map would, and compares as texts do', () => {
    fc.assert(fc.property(fc.array(digests), fc.array(digests), check));
  });
});

/** Beside a map, and beside texts. */
function check(added: Digest[], others: Digest[]): void {
  const table = new DigestTable();
  const model = new Map<Digest, number>();
  for (const digest of added) {
    if (!model.has(digest)) model.set(digest, model.size);
    assert.is(table.add(digest), model.get(digest));
  }
  for (const digest of others) assert.is(table.find(digest), model.get(digest) ?? -1);
  const sorted = [...model.keys()].sort();
  const numbers = [...model.values()].sort((left, right) => table.compare(left, right));
  assert.equal(
    numbers.map((number) => table.digest(number)),
    sorted,
  );
}
