import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  BlobUnknown,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamTimeout,
} from '../../../src/domain/errors.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import type { BlobScript } from '../../support/fake-blob.ts';
import { ALPINE, BUSYBOX } from '../../support/pull-parts.ts';
import {
  type ClientPlan,
  type Played,
  play,
  type Scenario,
  type StoragePlan,
} from '../../support/pull-scenario.ts';
import { testSuite } from '../../support/suite.ts';

const MIB = 1024 * 1024;

/** The generators, for a blob of `size` bytes that comes in pieces of about `unit`. */
function around(size: number, unit: number) {
  const at = fc.integer({ min: 0, max: size });
  const pace = fc.record({
    pieceSize: fc.integer({ min: Math.ceil(unit / 4), max: unit }),
    answerAfterMs: fc.constantFrom(0, 0, 100, 4000),
    pieceAfterMs: fc.constantFrom(0, 0, 10, 1000),
  });
  const trouble = fc.oneof(
    fc.record({ cutAt: at }),
    fc.record({ stallAt: at }),
    fc.record({ endAt: at }),
    fc.record({ surplus: fc.integer({ min: 1, max: unit }) }),
    fc.record({ announced: fc.constantFrom(size + 1, 'none' as const) }),
    fc.constantFrom(
      { refusal: new UpstreamBadAnswer('503') },
      { refusal: new UpstreamTimeout('no answer') },
      { refusal: new TooManyRequests('429', 60) },
      { refusal: new BlobUnknown('404') },
    ),
    fc.constant({}),
  );
  const attempt = fc.tuple(pace, trouble).map(([how, what]) => ({ ...how, ...what }));
  const range = fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.record({ kind: fc.constant('from' as const), first: at, last: fc.option(at) }).map((r) => {
      const { first, last } = r;
      return {
        kind: 'from' as const,
        first,
        last: last === null || last < first ? undefined : last,
      };
    }),
    fc.record({
      kind: fc.constant('suffix' as const),
      length: fc.integer({ min: 1, max: size + 1 }),
    }),
  );
  const client: fc.Arbitrary<ClientPlan> = fc.record({
    repository: fc.constantFrom(ALPINE, ALPINE, BUSYBOX),
    joinsAtMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
    range,
    bufferSize: fc.integer({ min: Math.ceil(unit / 4), max: 2 * unit }),
    pauseMs: fc.constantFrom(0, 0, 50, 2000),
    leavesAfter: fc.option(fc.nat(20), { nil: undefined, freq: 4 }),
  });
  return { at, attempt, pace, client };
}

function storagePlan(at: fc.Arbitrary<number>): fc.Arbitrary<StoragePlan> {
  const operations = ['stage', 'append', 'commit', 'discard', 'suspend'] as const;
  const sound = { broken: [], room: Number.POSITIVE_INFINITY };
  return fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(sound) },
        fc.record({ broken: fc.constant([]), room: at }),
        fc.record({ broken: fc.subarray([...operations]), room: fc.constant(sound.room) }),
      ),
      fc.constantFrom(0, 20, 3000),
    )
    .map(([trouble, appendAfterMs]) => ({ ...trouble, appendAfterMs }));
}

/** @param truth what every download has in common: whether ranges work, whether a byte is wrong */
function scenario(
  sizes: fc.Arbitrary<number>,
  unit: number,
  truth: (size: number) => fc.Arbitrary<BlobScript>,
): fc.Arbitrary<Scenario> {
  return sizes.chain((size) => {
    const { at, attempt, pace, client } = around(size, unit);
    return fc
      .record({
        size: fc.constant(size),
        attempts: fc.array(attempt, { maxLength: 8 }),
        last: pace,
        always: truth(size),
        storage: storagePlan(at),
        gatherMs: fc.constantFrom(0, 5),
        clients: fc.array(client, { minLength: 1, maxLength: 8 }),
        ticksMs: fc.array(fc.constantFrom(1, 10, 100), { maxLength: 5 }),
      })
      .map(({ always, attempts, last, ticksMs, ...rest }) => ({
        ...rest,
        ticksMs: [...ticksMs, 1000],
        attempts: attempts.map((script) => ({ ...script, ...always })),
        last: { ...last, ...always },
      }));
  });
}

const TINY = fc.nat(300);
const LARGE = fc.integer({ min: 4, max: 24 }).map((count) => count * MIB);

function truths(size: number): fc.Arbitrary<BlobScript> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.constant({ ignoresRange: true }),
    fc.nat(Math.max(0, size - 1)).map((wrongAt) => (size === 0 ? {} : { wrongAt })),
  );
}

/** Everybody has the right bytes, or a part of them and was told, or has left of his own accord. */
function checkBodies({ ends, bytes }: Played, isWrong: boolean): void {
  for (const { end, first, stop = bytes.byteLength, isToTheEnd, bytes: body } of ends) {
    const reached = first + body.byteLength;
    if (isWrong && isToTheEnd) {
      assert.ok(reached < stop, 'the last byte of a wrong blob got out');
    }
    if (!isWrong) assert.ok(sameBytes(body, bytes.subarray(first, reached)), 'a wrong byte');
    if (end === 'complete') assert.is(reached, stop, 'an end before the end');
  }
}

/** What is in the storage is the blob, and nothing is open any more. */
async function checkStorage({ parts, digest, bytes }: Played, isWrong: boolean): Promise<void> {
  const { storage, transfers } = parts;
  assert.is(transfers.get(digest), undefined);
  const stored = await storage.blobs.open(digest);
  if (isWrong) assert.is(stored, undefined, 'a wrong blob is stored');
  if (stored !== undefined) assert.ok(sameBytes(await readAll(stored), bytes));
  for (const { closed, misused } of storage.staged) {
    assert.is(closed, 1, 'a staged blob is closed once');
    assert.is(misused, 0, 'a staged blob is read after it was closed');
  }
}

/** While nothing is in the way, one download is all. */
function checkArrivals({ parts, digest }: Played, { storage, last }: Scenario): void {
  const isSound = storage.broken.length === 0 && storage.room === Number.POSITIVE_INFINITY;
  const isSmooth = parts.events.of('transfer-failed').length === 0;
  const refused = parts.upstream.arrivals.length !== parts.upstream.downloads.length;
  if (!isSound || !isSmooth || last.ignoresRange === true || refused) return;
  assert.ok(parts.upstream.sent(digest).most <= 1, 'a byte was fetched twice');
}

async function holds(scene: Scenario): Promise<void> {
  const played = await play(scene);
  const isWrong = scene.last.wrongAt !== undefined;
  checkBodies(played, isWrong);
  await checkStorage(played, isWrong);
  checkArrivals(played, scene);
}

testSuite('a blob’s readers, whatever upstream, storage and others do', (it) => {
  it('get the blob or are told, and nothing is fetched twice without need', async () => {
    await fc.assert(fc.asyncProperty(scenario(TINY, 40, truths), holds), { numRuns: 500 });
  });

  it('do so, too, when the blob is larger than what fits into memory', async () => {
    await fc.assert(fc.asyncProperty(scenario(LARGE, MIB, truths), holds), { numRuns: 60 });
  });
});
