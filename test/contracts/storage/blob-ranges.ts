import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { ByteRange } from '../../../src/domain/byte-range.ts';
import { RangeNotSatisfiable } from '../../../src/domain/errors.ts';
import type { BlobStore } from '../../../src/domain/ports/blob-store.ts';
import { rejects } from '../../support/suite.ts';
import {
  type Content,
  content,
  contentOf,
  KIB,
  MIB,
  readAll,
  sameBytes,
  store,
} from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

const SIZE = 1000;

const from = (first: number, last?: number): ByteRange => ({ kind: 'from', first, last });
const suffix = (length: number): ByteRange => ({ kind: 'suffix', length });

/** A range of a blob of 1000 bytes, and the first and last byte that it has; undefined for none. */
const RANGES: [name: string, range: ByteRange, part: [first: number, last: number] | undefined][] =
  [
    ['0-', from(0), [0, 999]],
    ['0-0', from(0, 0), [0, 0]],
    ['10-19', from(10, 19), [10, 19]],
    ['500-', from(500), [500, 999]],
    ['999-', from(999), [999, 999]],
    ['999-999', from(999, 999), [999, 999]],
    ['900-5000', from(900, 5000), [900, 999]],
    ['0-9007199254740991', from(0, Number.MAX_SAFE_INTEGER), [0, 999]],
    ['-1', suffix(1), [999, 999]],
    ['-1000', suffix(1000), [0, 999]],
    ['-5000', suffix(5000), [0, 999]],
    ['1000-', from(1000), undefined],
    ['1000-2000', from(1000, 2000), undefined],
    ['-0', suffix(0), undefined],
  ];

const RANGE: fc.Arbitrary<ByteRange> = fc.oneof(
  fc
    .tuple(fc.nat(SIZE + 100), fc.option(fc.nat(SIZE), { nil: undefined }))
    .map(([first, more]) => from(first, more === undefined ? undefined : first + more)),
  fc.nat(SIZE + 100).map(suffix),
);

export function blobRangeContract(name: string, create: CreateStorage): void {
  engineSuite(`${name}: a part of a blob`, create, (it, storage) => {
    for (const [title, range, part] of RANGES) {
      const outcome = part === undefined ? 'does not exist' : `is ${part.join(' to ')}`;
      it(`bytes=${title} of ${SIZE} bytes ${outcome}`, async () => {
        const { blobs } = storage();
        const whole = content(SIZE);
        await store(blobs, whole);
        await checkPart(blobs, whole, range, part);
      });
    }

    it('does not exist in an empty blob', async () => {
      const { blobs } = storage();
      const empty = contentOf(Buffer.alloc(0));
      await store(blobs, empty);
      await checkPart(blobs, empty, from(0), undefined);
      await checkPart(blobs, empty, suffix(5), undefined);
    });

    it('is undefined if nobody has stored the blob', async () => {
      const { blobs } = storage();
      assert.is(await blobs.open(content(10).digest, from(5000)), undefined);
    });

    it('may be large', async () => {
      const { blobs } = storage();
      const whole = content(4 * MIB);
      await store(blobs, whole);
      await checkPart(blobs, whole, from(MIB - 1, 3 * MIB), [MIB - 1, 3 * MIB], 100 * KIB);
    });

    it('is what the same part of the bytes is, for any range', async () => {
      const { blobs } = storage();
      const whole = content(SIZE);
      await store(blobs, whole);
      const property = fc.asyncProperty(RANGE, fc.integer({ min: 1, max: 1500 }), (range, room) =>
        checkPart(blobs, whole, range, expectedPart(range), room),
      );
      await fc.assert(property, { numRuns: 100 });
    });
  });
}

/** Asked of an array in place of the domain's own arithmetic. */
function expectedPart(range: ByteRange): [number, number] | undefined {
  const positions = Array.from({ length: SIZE }, (_, at) => at);
  const part =
    range.kind === 'suffix'
      ? positions.filter((at) => at >= SIZE - range.length)
      : positions.filter((at) => at >= range.first && at <= (range.last ?? SIZE));
  const [first] = part;
  return first === undefined ? undefined : [first, part.at(-1) ?? first];
}

async function checkPart(
  blobs: BlobStore,
  { bytes, digest }: Content,
  range: ByteRange,
  part: [first: number, last: number] | undefined,
  scratchSize?: number,
): Promise<void> {
  if (part === undefined) {
    const error = await rejects(blobs.open(digest, range), RangeNotSatisfiable);
    assert.is(error.size, bytes.length);
    return;
  }
  const [first, last] = part;
  const blob = await blobs.open(digest, range);
  assert.ok(blob);
  assert.is(blob.size, bytes.length);
  assert.equal(blob.range, { first, last });
  sameBytes(await readAll(blob, scratchSize), bytes.subarray(first, last + 1));
  blob.close();
}
