import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  type ByteRange,
  contentRange,
  parseByteRange,
  resolveRange,
} from '../../src/domain/byte-range.ts';
import { RangeNotSatisfiable } from '../../src/domain/errors.ts';
import { testSuite } from '../support/suite.ts';

const MOST = Number.MAX_SAFE_INTEGER;

/** What the header asks of content of this size, byte by byte; the simplest way to say it. */
function wanted(range: ByteRange, size: number): number[] {
  const all = Array.from({ length: size }, (_, at) => at);
  if (range.kind === 'suffix') return range.length === 0 ? [] : all.slice(-range.length);
  return all.filter((at) => at >= range.first && at <= (range.last ?? size));
}

testSuite('a Range header', (it) => {
  const ranges: [header: string, range: ByteRange][] = [
    ['bytes=0-0', { kind: 'from', first: 0, last: 0 }],
    ['bytes=0-499', { kind: 'from', first: 0, last: 499 }],
    ['bytes=500-', { kind: 'from', first: 500, last: undefined }],
    ['bytes=-500', { kind: 'suffix', length: 500 }],
    ['bytes=-0', { kind: 'suffix', length: 0 }],
    ['BYTES=1-2', { kind: 'from', first: 1, last: 2 }],
    ['bytes= 1-2 ', { kind: 'from', first: 1, last: 2 }],
    ['bytes=007-008', { kind: 'from', first: 7, last: 8 }],
    [`bytes=0-${'9'.repeat(400)}`, { kind: 'from', first: 0, last: MOST }],
    [`bytes=${'9'.repeat(400)}-`, { kind: 'from', first: MOST, last: undefined }],
  ];
  for (const [header, range] of ranges) {
    it(`${header.slice(0, 40)} asks for a part`, () => {
      assert.equal(parseByteRange(header), range);
    });
  }

  for (const header of [undefined, '', 'items=0-1', 'bytes 0-1', 'bytes=0-1,3-4', 'bytes=,']) {
    it(`${header} asks for the whole`, () => assert.is(parseByteRange(header), undefined));
  }

  const senseless = ['bytes=', 'bytes=-', 'bytes=2-1', 'bytes=a-b', 'bytes=1-2-3', 'bytes=--1'];
  for (const header of [...senseless, 'bytes=1 - 2', 'bytes=+1-2', 'bytes=0x1-2', 'bytes=1.5-2']) {
    it(`${header} has no meaning`, () => {
      assert.throws(
        () => parseByteRange(header),
        (error: unknown) => error instanceof RangeNotSatisfiable,
      );
    });
  }

  it('gets exactly the bytes that it asks for and there are', () => {
    const range = fc.oneof(
      fc
        .tuple(fc.nat(40), fc.option(fc.nat(40), { nil: undefined }))
        .map(([first, more]) => `bytes=${first}-${more === undefined ? '' : first + more}`),
      fc.nat(40).map((length) => `bytes=-${length}`),
    );
    fc.assert(
      fc.property(range, fc.nat(30), (header, size) => {
        const parsed = parseByteRange(header);
        assert.ok(parsed);
        const bytes = wanted(parsed, size);
        if (bytes.length === 0) {
          const resolve = (): unknown => resolveRange(parsed, size);
          assert.throws(resolve, (error: RangeNotSatisfiable) => error.size === size);
        } else {
          const resolved = resolveRange(parsed, size);
          assert.equal(resolved, { first: bytes[0], last: bytes.at(-1) });
        }
      }),
    );
  });

  it('is answered with a Content-Range', () => {
    assert.is(contentRange({ first: 0, last: 9 }, 100), 'bytes 0-9/100');
  });
});
