import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type ByteSize, parseByteSize, resolveSize } from '../../../src/domain/upkeep/byte-size.ts';
import { testSuite } from '../../support/suite.ts';

const GIB = 1024 ** 3;

testSuite('a size', (it) => {
  const sizes: [text: string, size: ByteSize][] = [
    ['0', { kind: 'bytes', bytes: 0 }],
    ['1234567', { kind: 'bytes', bytes: 1_234_567 }],
    ['7B', { kind: 'bytes', bytes: 7 }],
    ['1.5KiB', { kind: 'bytes', bytes: 1536 }],
    ['512MiB', { kind: 'bytes', bytes: GIB / 2 }],
    ['200GiB', { kind: 'bytes', bytes: 200 * GIB }],
    ['200 gib', { kind: 'bytes', bytes: 200 * GIB }],
    [' 1.5TiB ', { kind: 'bytes', bytes: 1536 * GIB }],
    ['2PiB', { kind: 'bytes', bytes: 2 * 1024 * 1024 * GIB }],
    ['1kB', { kind: 'bytes', bytes: 1000 }],
    ['10GB', { kind: 'bytes', bytes: 10_000_000_000 }],
    ['0.3B', { kind: 'bytes', bytes: 0 }],
    ['80%', { kind: 'share', share: 0.8 }],
    ['12.5 %', { kind: 'share', share: 0.125 }],
    ['100%', { kind: 'share', share: 1 }],
  ];
  for (const [text, size] of sizes) {
    it(`may be written ${text}`, () => assert.equal(parseByteSize(text), size));
  }

  const nonsense = ['', ' ', 'GiB', '%', '-1', '-5GiB', '+1', '1e9', '0x10', '1.5', '1.GB', '.5GB'];
  const more = ['10G', '10 iB', '10XB', '10GiBs', '1,5GiB', '1 0GB', '101%', '80%%', 'NaN', 'all'];
  for (const text of [...nonsense, ...more, '9'.repeat(30), '9'.repeat(400), '9000PiB']) {
    it(`may not be written '${text.slice(0, 40)}'`, () => {
      assert.is(parseByteSize(text), undefined);
    });
  }

  it('in bytes is the same whatever there is', () => {
    assert.is(resolveSize({ kind: 'bytes', bytes: 5 * GIB }, GIB), 5 * GIB);
  });

  it('as a share is that part of all, in whole bytes', () => {
    assert.is(resolveSize({ kind: 'share', share: 0.8 }, 1001), 800);
    assert.is(resolveSize({ kind: 'share', share: 1 }, 1001), 1001);
    assert.is(resolveSize({ kind: 'share', share: 0 }, 1001), 0);
  });

  it('comes back from its text', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        assert.equal(parseByteSize(String(bytes)), { kind: 'bytes', bytes });
      }),
    );
  });

  it('is whole, and no more than there is, if it is a share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat(), (tenths, total) => {
        const size = parseByteSize(`${tenths / 10}%`);
        assert.ok(size !== undefined);
        const bytes = resolveSize(size, total);
        assert.ok(Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= total);
      }),
    );
  });
});
