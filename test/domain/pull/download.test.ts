import * as assert from 'uvu/assert';
import {
  BlobUnknown,
  CredentialsRejected,
  SizeMismatch,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamPaused,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { type DownloadJob, download } from '../../../src/domain/pull/download.ts';
import { sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import type { BlobScript } from '../../support/fake-blob.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ALPINE, TEST_RETRY } from '../../support/pull-parts.ts';
import { pass, settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const BYTES = someBytes(1000);
const DIGEST = sha256(BYTES);

interface Result {
  readonly bytes: Uint8Array;
  readonly error: Error | undefined;
  /** Where it broke off, and for how long. */
  readonly waits: [offset: number, delayMs: number][];
  readonly sizes: (number | undefined)[];
  readonly upstream: FakeUpstream;
}

interface Options extends Partial<Pick<DownloadJob, 'offset' | 'expectedSize' | 'wanted'>> {
  /** How long the consumer takes for each piece. */
  readonly pauseMs?: number;
  /** By how much the clock is set back once the download runs. */
  readonly setBackMs?: number;
}

/** Downloads the blob while time passes; the downloads go as the scripts say, the last one for ever. */
async function run(scripts: BlobScript[], options: Options = {}): Promise<Result> {
  const clock = new ManualClock();
  const upstream = new FakeUpstream(clock);
  upstream.pushBlob(ALPINE, BYTES, { digest: DIGEST });
  upstream.script = scripts.at(-1) ?? {};
  upstream.scripts.push(...scripts.slice(0, -1));
  const { pauseMs = 0, setBackMs = 0, ...more } = options;
  let behindMs = 0;
  const wall = {
    now: () => clock.now() - behindMs,
    after: clock.after.bind(clock),
  };
  const waits: [number, number][] = [];
  const sizes: (number | undefined)[] = [];
  const job: DownloadJob = {
    repository: ALPINE,
    digest: DIGEST,
    offset: 0,
    expectedSize: undefined,
    opened: (size) => void sizes.push(size),
    interrupted: (offset, delayMs) => void waits.push([offset, delayMs]),
    wanted: () => true,
    ...more,
  };
  const pieces: Uint8Array[] = [];
  let error: Error | undefined;
  let isOver = false;
  const consume = async (): Promise<void> => {
    const ports = { upstream, clock: wall, random: () => 0.5, retry: TEST_RETRY };
    for await (const piece of download(ports, job)) {
      pieces.push(piece);
      if (pauseMs > 0) await new Promise<void>((done) => void clock.after(pauseMs, done));
    }
  };
  const consumed = consume()
    .catch((cause) => {
      error = cause;
    })
    .finally(() => {
      isOver = true;
    });
  await settle();
  behindMs = setBackMs;
  const pending = (): boolean => !isOver;
  for (let second = 0; pending() && second < 3000; second++) await pass(clock, 100);
  await consumed;
  await settle();
  return { bytes: Buffer.concat(pieces), error, waits, sizes, upstream };
}

testSuite('download', (it) => {
  it('gives the blob, and tells its size', async () => {
    const { bytes, error, sizes } = await run([{}]);
    assert.is(error, undefined);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(sizes, [1000]);
  });

  it('begins where others have stopped', async () => {
    const { bytes, upstream } = await run([{}], { offset: 700 });
    assert.ok(sameBytes(bytes, BYTES.subarray(700)));
    assert.is(upstream.arrivals[0]?.offset, 700);
  });

  const passing: [what: string, script: BlobScript, offset: number][] = [
    ['cut', { cutAt: 400 }, 400],
    ['cut before its first byte', { cutAt: 0 }, 0],
    ['ended before its end', { endAt: 400 }, 400],
    ['stalled', { stallAt: 400 }, 400],
    ['stalled before its first byte', { stallAt: 0 }, 0],
    ['answered with nonsense', { refusal: new UpstreamBadAnswer('503') }, 0],
    ['not answered in time', { refusal: new UpstreamTimeout('no answer') }, 0],
    ['not connected', { refusal: new UpstreamUnreachable('no route') }, 0],
  ];
  for (const [what, script, offset] of passing) {
    it(`goes on from the last byte when it was ${what}`, async () => {
      const { bytes, error, waits, upstream } = await run([script, {}]);
      assert.is(error, undefined);
      assert.ok(sameBytes(bytes, BYTES));
      assert.equal(waits, [[offset, 75]]);
      assert.is(upstream.arrivals[1]?.offset, offset);
      assert.is(upstream.sent(DIGEST).most, 1);
    });
  }

  it('skips what it has when the upstream does not do ranges', async () => {
    const scripts = [{ cutAt: 400 }, { ignoresRange: true, cutAt: 300 }, { ignoresRange: true }];
    const { bytes, waits } = await run(scripts);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(
      waits.map(([offset]) => offset),
      [400, 400],
    );
  });

  const final: [what: string, script: BlobScript, error: new (...args: never[]) => Error][] = [
    ['unknown', { refusal: new BlobUnknown('404') }, BlobUnknown],
    ['one request too many', { refusal: new TooManyRequests('429') }, TooManyRequests],
    ['a matter of credentials', { refusal: new CredentialsRejected('401') }, CredentialsRejected],
    ['longer than announced', { surplus: 1, announced: 1000 }, SizeMismatch],
  ];
  for (const [what, script, Type] of final) {
    it(`fails at once when the blob is ${what}`, async () => {
      const { error, upstream } = await run([script]);
      assert.instance(error, Type);
      assert.is(upstream.count('fetchBlob'), 1);
    });
  }

  it('fails at once when the upstream announces another size than the manifest', async () => {
    const { error, bytes, upstream } = await run([{}], { expectedSize: 999 });
    assert.instance(error, SizeMismatch);
    assert.is(bytes.byteLength, 0);
    assert.is(upstream.count('fetchBlob'), 1);
  });

  it('fails when more comes than the manifest says, announced or not', async () => {
    const { error } = await run([{ announced: 'none' }], { expectedSize: 999 });
    assert.instance(error, SizeMismatch);
  });

  it('knows the size from the manifest when the upstream does not tell it', async () => {
    const { bytes, sizes } = await run([{ announced: 'none', endAt: 400 }, {}], {
      expectedSize: 1000,
    });
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(sizes, [1000, 1000]);
  });

  it('is over when it breaks after the last byte', async () => {
    for (const script of [{ cutAt: 1000 }, { surplus: 1, stallAt: 1000, announced: 1000 }]) {
      const { bytes, error, upstream } = await run([script]);
      assert.is(error, undefined);
      assert.ok(sameBytes(bytes, BYTES));
      assert.is(upstream.count('fetchBlob'), 1);
    }
  });

  it('gives up after so many attempts in a row that brought nothing, waiting longer each time', async () => {
    const { error, waits } = await run([{ cutAt: 400 }]);
    assert.instance(error, UpstreamUnreachable);
    assert.equal(waits, [
      [400, 75],
      [400, 150],
      [400, 300],
    ]);
  });

  it('does not give up while each attempt brings something, and begins anew with its waits', async () => {
    const scripts = [50, 100, 150, 200, 250, 300, 350].map((cutAt) => ({ cutAt }));
    const { bytes, waits } = await run([...scripts, {}]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.ok(waits.every(([, delayMs]) => delayMs === 75));
  });

  it('counts an upstream without ranges that brings only what is here as bringing nothing', async () => {
    const { error, upstream } = await run([{ cutAt: 400 }, { ignoresRange: true, cutAt: 400 }]);
    assert.instance(error, UpstreamUnreachable);
    assert.is(upstream.count('fetchBlob'), 4);
  });

  it('waits no longer than usual for an upstream that rests before it has begun', async () => {
    const resting = new UpstreamPaused('keeps failing', 3600, {});
    const { bytes, waits } = await run([{ refusal: resting }, {}]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(waits, [[0, 75]]);
  });

  it('waits for an upstream that rests once it has begun, but not for ever', async () => {
    const scripts = [
      { cutAt: 400 },
      { refusal: new UpstreamPaused('keeps failing', 0.5, {}) },
      { refusal: new UpstreamPaused('keeps failing', 3600, {}) },
      {},
    ];
    const { bytes, waits } = await run(scripts);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(
      waits.map(([, delayMs]) => delayMs),
      [75, 500, TEST_RETRY.ceilingMs],
    );
  });

  it('makes no further attempt once it is not wanted', async () => {
    const { error, upstream } = await run([{ cutAt: 400 }], { wanted: () => false });
    assert.instance(error, UpstreamUnreachable);
    assert.is(upstream.count('fetchBlob'), 1);
  });

  it('makes no further attempt when it stops being wanted while it waits for one', async () => {
    let asked = 0;
    const { upstream } = await run([{ cutAt: 400 }], { wanted: () => ++asked < 2 });
    assert.is(upstream.count('fetchBlob'), 1);
  });

  it('takes no slow consumer for a stall', async () => {
    const { error, bytes } = await run([{ pieceSize: 500 }], { pauseMs: 60_000 });
    assert.is(error, undefined);
    assert.ok(sameBytes(bytes, BYTES));
  });

  it('takes no slow upstream for a stall as long as something comes', async () => {
    const script = { pieceSize: 100, pieceAfterMs: TEST_RETRY.stallTimeoutMs - 200 };
    const { waits, bytes } = await run([script]);
    assert.ok(sameBytes(bytes, BYTES));
    assert.equal(waits, []);
  });

  it('notices a stall though the clock was set back', async () => {
    const { waits, bytes } = await run([{ stallAt: 400 }, {}], { setBackMs: 3_600_000 });
    assert.ok(sameBytes(bytes, BYTES));
    assert.is(waits.length, 1);
  });

  it('takes an upstream for stalled that is slower than that', async () => {
    const script = { pieceSize: 100, pieceAfterMs: TEST_RETRY.stallTimeoutMs + 200 };
    const { error, upstream } = await run([script]);
    assert.instance(error, UpstreamTimeout);
    assert.ok(upstream.downloads.every(({ isCancelled }) => isCancelled));
  });
});
