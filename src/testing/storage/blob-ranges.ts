import * as assert from 'node:assert/strict';
import type { ByteRange } from '../../domain/byte-range.ts';
import { RangeNotSatisfiable } from '../../domain/errors.ts';
import type { BlobStore } from '../../domain/ports/blob-store.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
import { SeededRandom } from '../seeded-random.ts';
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

/** How many ranges are tried that nobody thought of. */
const MORE_RANGES = 100;

function someRange(random: SeededRandom): ByteRange {
  if (random.below(2) === 0) return suffix(random.below(SIZE + 100));
  const first = random.below(SIZE + 100);
  return random.below(2) === 0 ? from(first) : from(first, first + random.below(SIZE));
}

export function blobRangeContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `a part of a blob`, test, create }, (it) => {
    for (const [title, range, part] of RANGES) {
      const outcome = part === undefined ? 'does not exist' : `is ${part.join(' to ')}`;
      it(`bytes=${title} of ${SIZE} bytes ${outcome}`, async ({ blobs }) => {
        const whole = content(SIZE);
        await store(blobs, whole);
        await checkPart(blobs, whole, range, part);
      });
    }

    it('does not exist in an empty blob', async ({ blobs }) => {
      const empty = contentOf(Buffer.alloc(0));
      await store(blobs, empty);
      await checkPart(blobs, empty, from(0), undefined);
      await checkPart(blobs, empty, suffix(5), undefined);
    });

    it('is undefined if nobody has stored the blob', async ({ blobs }) => {
      assert.equal(await blobs.open(content(10).digest, from(5000)), undefined);
    });

    it('may be large', async ({ blobs }) => {
      const whole = content(4 * MIB);
      await store(blobs, whole);
      await checkPart(blobs, whole, from(MIB - 1, 3 * MIB), [MIB - 1, 3 * MIB], 100 * KIB);
    });

    it('is what the same part of the bytes is, for any range', async ({ blobs }) => {
      const whole = content(SIZE);
      await store(blobs, whole);
      const random = new SeededRandom(1);
      for (let tried = 0; tried < MORE_RANGES; tried++) {
        const range = someRange(random);
        await checkPart(blobs, whole, range, expectedPart(range), 1 + random.below(1500));
      }
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
    assert.equal(error.size, bytes.length);
    return;
  }
  const [first, last] = part;
  const blob = await blobs.open(digest, range);
  assert.ok(blob);
  assert.equal(blob.size, bytes.length);
  assert.deepEqual(blob.range, { first, last });
  sameBytes(await readAll(blob, scratchSize), bytes.subarray(first, last + 1));
  blob.close();
}
