import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  SizeMismatch,
  TooManyRequests,
  UpstreamPaused,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import type { DownloadJob } from '../../../src/domain/pull/download.ts';
import {
  type ParallelPolicy,
  parallelDownload,
} from '../../../src/domain/pull/parallel-download.ts';
import { sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import type { BlobScript, FakeBlob } from '../../support/fake-blob.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ALPINE, TEST_RETRY } from '../../support/pull-parts.ts';
import { pass, settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const BYTES = someBytes(1000);
const DIGEST = sha256(BYTES);
const POLICY: ParallelPolicy = { atOnce: 3, partBytes: 100, leastBytes: 400 };

interface Options extends Partial<Pick<DownloadJob, 'offset' | 'expectedSize' | 'wanted'>> {
  readonly bytes?: Uint8Array;
  readonly policy?: Partial<ParallelPolicy> | undefined;
  /** After how many bytes the consumer leaves. */
  readonly leavesAfter?: number;
  /** How long the consumer takes for each piece. */
  readonly pauseMs?: number;
}

interface Result {
  readonly bytes: Uint8Array;
  readonly error: Error | undefined;
  /** Where it broke off. */
  readonly breaks: number[];
  readonly delays: number[];
  /** How many requests had been made, each time that it opened. */
  readonly openedAfter: number[];
  /** How many downloads ran at a time at most. */
  readonly most: number;
  readonly upstream: FakeUpstream;
  readonly asked: [offset: number, end: number | undefined][];
}

/** Downloads while time passes; the requests go as the scripts say, those after them as the last. */
async function run(scripts: readonly BlobScript[], options: Options = {}): Promise<Result> {
  const {
    bytes = BYTES,
    policy = {},
    leavesAfter = Number.POSITIVE_INFINITY,
    pauseMs = 0,
  } = options;
  const clock = new ManualClock();
  const upstream = new FakeUpstream(clock);
  const digest = bytes === BYTES ? DIGEST : sha256(bytes);
  upstream.pushBlob(ALPINE, bytes, { digest });
  upstream.script = scripts.at(-1) ?? {};
  upstream.scripts.push(...scripts.slice(0, -1));
  const breaks: number[] = [];
  const delays: number[] = [];
  const openedAfter: number[] = [];
  const job: DownloadJob = {
    repository: ALPINE,
    digest,
    offset: options.offset ?? 0,
    expectedSize: 'expectedSize' in options ? options.expectedSize : bytes.byteLength,
    opened: () => void openedAfter.push(upstream.arrivals.length),
    interrupted: (offset, delayMs) => {
      breaks.push(offset);
      delays.push(delayMs);
    },
    wanted: options.wanted ?? ((): boolean => true),
  };
  const parallel = { ...POLICY, ...policy };
  const ports = { upstream, clock, random: () => 0.5, retry: TEST_RETRY, parallel };
  const pieces: Uint8Array[] = [];
  let most = 0;
  let length = 0;
  const consume = async (): Promise<void> => {
    for await (const piece of parallelDownload(ports, job)) {
      pieces.push(piece);
      length += piece.byteLength;
      most = Math.max(most, running(upstream.downloads));
      if (length >= leavesAfter) break;
      if (pauseMs > 0) await new Promise<void>((done) => void clock.after(pauseMs, done));
    }
  };
  let error: Error | undefined;
  let isOver = false;
  const consumed = consume()
    .catch((cause) => {
      error = cause;
    })
    .finally(() => {
      isOver = true;
    });
  const pending = (): boolean => !isOver;
  for (let step = 0; pending() && step < 10_000; step++) {
    await pass(clock, 100);
    most = Math.max(most, running(upstream.downloads));
  }
  assert.ok(isOver, 'the download has hung');
  await consumed;
  await pass(clock, 20_000, 20); // whatever is left ends
  const asked = upstream.arrivals.map(({ offset = 0, end }): [number, number | undefined] => [
    offset,
    end,
  ]);
  const all = Buffer.concat(pieces);
  return { bytes: all, error, breaks, delays, openedAfter, most, upstream, asked };
}

function running(downloads: readonly FakeBlob[]): number {
  return downloads.filter(({ isOver, isCancelled }) => !isOver && !isCancelled).length;
}

/** Slow enough for those at a time to be seen. */
const SLOW: BlobScript = { pieceAfterMs: 100 };

testSuite('a download in parts', (it) => {
  it('gives the blob in order, each byte asked for once', async () => {
    const { bytes, error, asked, upstream, openedAfter } = await run([SLOW]);
    assert.is(error, undefined);
    assert.ok(sameBytes(bytes, BYTES));
    const parts = Array.from({ length: 10 }, (_, at) => [
      at * 100,
      at < 9 ? at * 100 + 100 : undefined,
    ]);
    assert.equal(asked, parts);
    assert.is(upstream.sent(DIGEST).most, 1);
    assert.is(upstream.sent(DIGEST).total, 1000);
    assert.equal(openedAfter, [1]);
  });

  it('has as many parts under way at a time as it may, and no more', async () => {
    for (const atOnce of [2, 3, 16]) {
      const { most, bytes } = await run([SLOW], { policy: { atOnce } });
      assert.ok(sameBytes(bytes, BYTES));
      assert.is(most, Math.min(atOnce, 10));
    }
  });

  it('begins no second one before the first is answered', async () => {
    const { openedAfter, bytes } = await run([{ answerAfterMs: 4000 }, {}]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(openedAfter, [1]);
  });

  it('goes on from where others have stopped', async () => {
    const { bytes, asked } = await run([{}], { offset: 550 });
    assert.ok(sameBytes(bytes, BYTES.subarray(550)));
    assert.equal(asked.slice(0, 2), [
      [550, 650],
      [650, 750],
    ]);
  });

  const single: [what: string, options: Options][] = [
    ['one is asked for at a time', { policy: { atOnce: 1 } }],
    ['too little is left', { policy: { leastBytes: 1001 } }],
    ['too little is left of much', { offset: 601 }],
    ['nobody knows the size', { expectedSize: undefined }],
  ];
  for (const [what, options] of single) {
    it(`asks for the whole where ${what}`, async () => {
      const { bytes, asked } = await run([{}], options);
      const { offset = 0 } = options;
      assert.ok(sameBytes(bytes, BYTES.subarray(offset)));
      assert.equal(asked, [[offset, undefined]]);
    });
  }

  it('takes all that comes where the upstream does not do ranges', async () => {
    const { bytes, asked, upstream } = await run([{ ignoresRange: true }]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(asked, [[0, 100]]);
    assert.is(upstream.sent(DIGEST).total, 1000);
  });

  it('skips what it has where the upstream does not do ranges', async () => {
    const { bytes, asked } = await run([{ ignoresRange: true }], { offset: 250 });
    assert.ok(sameBytes(bytes, BYTES.subarray(250)));
    assert.equal(asked, [[250, 350]]);
  });

  it('takes the rest from the first answer that is without a range', async () => {
    const { bytes, asked } = await run([SLOW, SLOW, { ignoresRange: true }]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(asked, [
      [0, 100],
      [100, 200],
      [200, 300],
    ]);
  });

  it('resumes a part that breaks where it broke', async () => {
    const { bytes, breaks, asked, upstream } = await run([SLOW, { cutAt: 140 }, SLOW]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(breaks, [140]);
    assert.ok(asked.some(([offset, end]) => offset === 140 && end === 200));
    assert.is(upstream.sent(DIGEST).most, 1);
  });

  it('resumes a part that stalls', async () => {
    const { bytes, breaks, upstream } = await run([{}, { stallAt: 140 }, {}]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(breaks, [140]);
    assert.is(upstream.sent(DIGEST).most, 1);
  });

  it('has a part that breaks behind its last byte', async () => {
    const { bytes, breaks } = await run([{}, { cutAt: 200 }, {}]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(breaks, []);
  });

  it('ends with what came before a part that fails for good, and gives up the others', async () => {
    const { bytes, error, upstream, asked } = await run([
      SLOW,
      { refusal: new TooManyRequests('429') },
      SLOW,
    ]);
    assert.instance(error, TooManyRequests);
    assert.ok(sameBytes(bytes, BYTES.subarray(0, 100)));
    assert.is(asked.length, 3, 'none is begun after that');
    assert.is(running(upstream.downloads), 0);
    assert.is(upstream.downloads.filter(({ isCancelled }) => isCancelled).length, 1);
  });

  it('keeps what came of the part that fails', async () => {
    const { bytes, error, upstream } = await run([{}, {}, { cutAt: 240 }]);
    assert.instance(error, UpstreamUnreachable);
    assert.ok(sameBytes(bytes, BYTES.subarray(0, 240)));
    assert.is(running(upstream.downloads), 0);
  });

  it('fails when a part is of a blob of another size, or more comes than there is', async () => {
    for (const script of [{ announced: 999 }, { surplus: 1 }]) {
      const { error, upstream } = await run([{}, script]);
      assert.instance(error, SizeMismatch);
      assert.is(running(upstream.downloads), 0);
    }
  });

  it('waits for an upstream that rests, since it has begun', async () => {
    const resting = { refusal: new UpstreamPaused('keeps failing', 0.5, {}) };
    const { bytes, delays } = await run([SLOW, resting, SLOW]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(delays, [500]);
  });

  it('makes no further attempt once it is not wanted', async () => {
    const { error, breaks } = await run([{}, { cutAt: 140 }, {}], { wanted: () => false });
    assert.instance(error, UpstreamUnreachable);
    assert.equal(breaks, []);
  });

  it('leaves nothing open when its consumer leaves', async () => {
    const { upstream, asked } = await run([SLOW], { leavesAfter: 150 });
    assert.ok(asked.length <= 4);
    assert.is(running(upstream.downloads), 0);
  });

  it('does not run ahead of a slow consumer', async () => {
    const { bytes, most, breaks } = await run([{ pieceSize: 50 }], { pauseMs: 6000 });
    assert.ok(sameBytes(bytes, BYTES));
    assert.ok(most <= 3);
    assert.equal(breaks, []);
  });

  it('gives the blob, or its beginning, whatever happens, and has no byte sent twice', async () => {
    const script = fc.record(
      {
        pieceSize: fc.integer({ min: 5, max: 200 }),
        pieceAfterMs: fc.constantFrom(0, 10, 300),
        answerAfterMs: fc.constantFrom(0, 0, 100, 4000),
        cutAt: fc.nat(1000),
        stallAt: fc.nat(1000),
      },
      { requiredKeys: ['pieceSize'] },
    );
    const plan = fc.record({
      size: fc.integer({ min: 1, max: 1000 }),
      offset: fc.nat(999),
      atOnce: fc.integer({ min: 2, max: 6 }),
      partBytes: fc.integer({ min: 10, max: 300 }),
      troubles: fc.array(script, { maxLength: 8 }),
      calm: fc.integer({ min: 5, max: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ size, atOnce, partBytes, troubles, calm, ...rest }) => {
        const offset = Math.min(rest.offset, size - 1);
        const whole = BYTES.slice(0, size);
        const result = await run([...troubles, { pieceSize: calm }], {
          bytes: whole,
          offset,
          policy: { atOnce, partBytes, leastBytes: 1 },
        });
        const { bytes, error, upstream, most } = result;
        const sent = upstream.sent(sha256(whole));
        assert.ok(sameBytes(bytes, whole.subarray(offset, offset + bytes.byteLength)));
        if (error === undefined) assert.is(bytes.byteLength, size - offset);
        if (error === undefined) assert.is(sent.total, size - offset);
        else assert.ok(troubles.length > TEST_RETRY.retries, 'it fails after its retries alone');
        assert.ok(sent.most <= 1);
        assert.ok(most <= atOnce);
        assert.is(running(upstream.downloads), 0);
        await settle();
      }),
      { numRuns: 150 },
    );
  });
});
