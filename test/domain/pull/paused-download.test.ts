import * as assert from 'uvu/assert';
import { UpstreamPaused } from '../../../src/domain/errors.ts';
import { download } from '../../../src/domain/pull/download.ts';
import { sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import type { BlobScript } from '../../support/fake-blob.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ALPINE, TEST_RETRY } from '../../support/pull-parts.ts';
import { pass } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const BYTES = someBytes(1000);
const DIGEST = sha256(BYTES);
const RETRY = { ...TEST_RETRY, ceilingMs: 10_000 };

function paused(seconds: number): BlobScript {
  return { refusal: new UpstreamPaused('it keeps failing', seconds, {}) };
}

interface Run {
  readonly upstream: FakeUpstream;
  readonly waits: number[];
  readonly bytes: Promise<Uint8Array>;
}

async function gathered(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function run(...scripts: BlobScript[]): Promise<Run> {
  const clock = new ManualClock();
  const upstream = new FakeUpstream(clock);
  upstream.pushBlob(ALPINE, BYTES, { digest: DIGEST });
  upstream.scripts.push(...scripts);
  const waits: number[] = [];
  const job = {
    repository: ALPINE,
    digest: DIGEST,
    offset: 0,
    expectedSize: undefined,
    opened: () => {},
    interrupted: (_offset: number, delayMs: number) => void waits.push(delayMs),
    wanted: () => true,
  };
  const ports = { upstream, clock, random: () => 0.5, retry: RETRY };
  const bytes = gathered(download(ports, job));
  bytes.catch(() => {});
  await pass(clock, 60_000, 600);
  return { upstream, waits, bytes };
}

testSuite('a download from an upstream that rests', (it) => {
  it('waits for the next probe, if it had begun', async () => {
    const { bytes, waits, upstream } = await run({ cutAt: 400 }, paused(2), paused(4), {});
    assert.ok(sameBytes(await bytes, BYTES));
    assert.equal(waits, [75, 2_000, 4_000]);
    assert.is(upstream.sent(DIGEST).most, 1);
  });

  it('waits no longer than for anything else', async () => {
    const { bytes, waits } = await run({ cutAt: 400 }, paused(30), {});
    assert.ok(sameBytes(await bytes, BYTES));
    assert.equal(waits, [75, 10_000]);
  });

  it('fails after as many attempts as with any failure', async () => {
    const { bytes, waits } = await run({ cutAt: 400 }, paused(1), paused(1), paused(1));
    await rejects(bytes, UpstreamPaused);
    assert.is(waits.length, TEST_RETRY.retries);
  });

  it('waits as for any failure, if it had not begun', async () => {
    const { bytes, waits } = await run(paused(30), paused(30), { cutAt: 0 }, paused(2), {});
    await rejects(bytes, UpstreamPaused);
    assert.equal(waits, [75, 150, 300]);
  });

  it('gives the blob, if it answers again in that time', async () => {
    const { bytes } = await run(paused(30), paused(30), {});
    assert.ok(sameBytes(await bytes, BYTES));
  });

  it('ends soon when it is not wanted any more, though the upstream is to rest for long', async () => {
    const clock = new ManualClock();
    const upstream = new FakeUpstream(clock);
    upstream.pushBlob(ALPINE, BYTES, { digest: DIGEST });
    upstream.scripts.push({ cutAt: 400 }, paused(8));
    let isWanted = true;
    let isOver = false;
    const job = {
      repository: ALPINE,
      digest: DIGEST,
      offset: 0,
      expectedSize: undefined,
      opened: () => {},
      interrupted: () => {},
      wanted: () => isWanted,
    };
    const bytes = gathered(download({ upstream, clock, random: () => 0.5, retry: RETRY }, job));
    const ended = bytes.catch(() => void (isOver = true));
    await pass(clock, 3000, 30);
    isWanted = false;
    await pass(clock, 1000, 10);
    assert.ok(isOver);
    await ended;
  });
});
