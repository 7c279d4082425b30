import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  ByteSizeInvalid,
  bytesOf,
  formatByteSize,
  formatBytes,
  parseByteSize,
} from '../../../src/domain/upkeep/byte-size.ts';
import { testSuite } from '../../support/suite.ts';

const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

testSuite('a size', (it) => {
  const sizes: [text: string, bytes: number][] = [
    ['0', 0],
    ['1048576', 1024 ** 2],
    ['17B', 17],
    ['1KiB', 1024],
    ['512MiB', 512 * 1024 ** 2],
    ['200GiB', 200 * GIB],
    ['1.5TiB', 1.5 * TIB],
    ['.5TiB', 0.5 * TIB],
    ['2PiB', 2 * 1024 ** 5],
    ['10KB', 10_000],
    ['10MB', 10_000_000],
    ['10GB', 10_000_000_000],
    ['1.5TB', 1_500_000_000_000],
    ['1PB', 1e15],
    ['200 GiB', 200 * GIB],
    [' 200gib ', 200 * GIB],
    ['10gb', 10_000_000_000],
    ['1.0001KiB', 1024],
  ];
  for (const [text, bytes] of sizes) {
    it(`${text} is ${bytes} bytes, whatever the whole is`, () => {
      assert.equal(parseByteSize(text), { kind: 'bytes', bytes });
      assert.is(bytesOf(parseByteSize(text), 1), bytes);
    });
  }

  const shares: [text: string, of: number, bytes: number][] = [
    ['80%', 1000, 800],
    ['100%', 1000, 1000],
    ['12.5%', 1000, 125],
    ['12.5 %', 1000, 125],
    ['0.1%', 1000, 1],
    ['33%', 10, 3],
    ['90%', 0, 0],
  ];
  for (const [text, of, bytes] of shares) {
    it(`${text} of ${of} bytes is ${bytes}`, () =>
      assert.is(bytesOf(parseByteSize(text), of), bytes));
  }

  const NO_SIZE = 'is no size: write it like `200GiB`, `10GB` or `80%`';
  const TWO_SIZES = 'can mean two sizes: write `GiB` (1024) or `GB` (1000)';
  const NO_SHARE = 'is no share: it must be more than 0% and at most 100%';
  const refused: [text: string, why: string][] = [
    ['', NO_SIZE],
    ['GiB', NO_SIZE],
    ['-1GiB', NO_SIZE],
    ['1,5GiB', NO_SIZE],
    ['1e9', NO_SIZE],
    ['1.GiB', NO_SIZE],
    ['Infinity', NO_SIZE],
    ['10G', TWO_SIZES],
    ['10g', TWO_SIZES],
    ['10Gi', TWO_SIZES],
    ['10XB', 'has an unknown unit: there are B, KiB, MiB, GiB, TiB, PiB, KB, MB, GB, TB, PB and %'],
    ['0%', NO_SHARE],
    ['101%', NO_SHARE],
    ['1.5', 'has a fraction of a byte'],
    ['9PiB', 'is more than can be counted'],
  ];
  for (const [text, why] of refused) {
    it(`"${text}" ${why}`, () => {
      assert.throws(
        () => parseByteSize(text),
        (error: unknown) =>
          error instanceof ByteSizeInvalid && error.message === `\`${text}\` ${why}`,
      );
    });
  }
});

testSuite('a size for people', (it) => {
  const cases: [bytes: number, text: string][] = [
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [12_345, '12.1 KiB'],
    [1024 ** 2 - 1, '1 MiB'],
    [1.5 * GIB, '1.5 GiB'],
    [1.234 * GIB, '1.23 GiB'],
    [123.4 * GIB, '123 GiB'],
    [TIB, '1 TiB'],
    [5000 * 1024 ** 5, '5000 PiB'],
  ];
  for (const [bytes, text] of cases) {
    it(`of ${bytes} bytes is ${text}`, () => assert.is(formatBytes(bytes), text));
  }

  it('may be a share', () => {
    assert.is(formatByteSize(parseByteSize('80%')), '80%');
    assert.is(formatByteSize(parseByteSize('12.5%')), '12.5%');
    assert.is(formatByteSize(parseByteSize('1536MiB')), '1.5 GiB');
  });

  it('is read again as nearly the same size', () => {
    const sizes = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 2 ** 46 });
    fc.assert(fc.property(sizes, check));
  });
});

/** Three digits are right. */
function check(bytes: number): void {
  const again = bytesOf(parseByteSize(formatBytes(bytes)), 0);
  assert.ok(Math.abs(again - bytes) <= bytes * 0.006, `${bytes}, ${again}`);
}
